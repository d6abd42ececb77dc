/** What is ticked for a comment and not saved yet. Every change gives a new draft. */

/**
 * @typedef {import("./types.js").Card} Card
 * @typedef {import("./types.js").Draft} Draft
 * @typedef {import("./types.js").Span} Span
 * @typedef {import("./types.js").Theme} Theme
 */

import { own } from "./elements.js";

/** @type {import("./types.js").CopyChoice[]} */
const COPY_CHOICES = ["same", "campaign", "one"];

/**
 * What is ticked when a comment is first shown: what the server ticks, nothing else.
 *
 * @param {Card} card
 * @returns {Draft}
 */
export function openingDraft(card) {
  /** @type {Draft} */
  const draft = { themes: {}, unsure: [], note: card.note, evidence: {}, copies: "same" };
  for (const [themeId, row] of Object.entries(card.rows)) {
    if (row.ticked) {
      draft.themes[themeId] = suggestedPositions(card, themeId);
    }
    if (row.unsure) {
      draft.unsure.push(themeId);
    }
  }
  for (const [themeId, spans] of Object.entries(card.marked)) {
    draft.evidence[themeId] = [...spans];
  }
  return draft;
}

/**
 * The positions of a theme that the server ticks.
 *
 * @param {Card} card
 * @param {string} themeId
 * @returns {string[]}
 */
function suggestedPositions(card, themeId) {
  const positions = Object.entries(own(card.rows, themeId)?.positions || {});
  return positions.filter(([, position]) => position.ticked).map(([id]) => id);
}

/**
 * Tick a theme with the positions that are suggested, or remove its tick.
 *
 * @param {Draft} draft
 * @param {Card} card
 * @param {string} themeId
 * @returns {Draft}
 */
export function toggleTheme(draft, card, themeId) {
  if (Object.hasOwn(draft.themes, themeId)) {
    return withoutTheme(draft, themeId);
  }
  return withTheme(draft, themeId, suggestedPositions(card, themeId));
}

/**
 * Tick a position and its theme, or remove the position's tick.
 *
 * @param {Draft} draft
 * @param {Theme} theme
 * @param {string} positionId
 * @returns {Draft}
 */
export function togglePosition(draft, theme, positionId) {
  const ticked = new Set(own(draft.themes, theme.id) || []);
  if (!ticked.delete(positionId)) {
    ticked.add(positionId);
  }
  return withTheme(draft, theme.id, inOrder(theme, ticked));
}

/**
 * The next choice of positions: each alone, then all, then none, then the first again.
 *
 * @param {Draft} draft
 * @param {Theme} theme
 * @returns {Draft}
 */
export function nextPosition(draft, theme) {
  const ids = theme.positions.map((position) => position.id);
  const choices = ids.map((id) => [id]);
  if (ids.length > 1) {
    choices.push(ids);
  }
  choices.push([]);
  const current = JSON.stringify(own(draft.themes, theme.id));
  const place = choices.findIndex((choice) => JSON.stringify(choice) === current);
  return withTheme(draft, theme.id, choices[(place + 1) % choices.length]);
}

/**
 * Answer a theme with yes or no; positions and marked words of a theme that is ticked stay.
 *
 * @param {Draft} draft
 * @param {string} themeId
 * @param {boolean} present
 * @returns {Draft}
 */
export function answered(draft, themeId, present) {
  if (!present) {
    return withoutTheme(draft, themeId);
  }
  return withTheme(draft, themeId, own(draft.themes, themeId) || []);
}

/**
 * Mark a theme as one that cannot be decided, or no longer.
 *
 * @param {Draft} draft
 * @param {string} themeId
 * @returns {Draft}
 */
export function toggleUnsure(draft, themeId) {
  const without = withoutTheme(draft, themeId);
  if (draft.unsure.includes(themeId)) {
    return without;
  }
  return { ...without, unsure: [...without.unsure, themeId] };
}

/**
 * Mark all themes that are asked for as unsure; if they all were, none is any longer.
 *
 * @param {Draft} draft
 * @param {string[]} scope
 * @returns {Draft}
 */
export function toggleAllUnsure(draft, scope) {
  const wereAll = scope.every((themeId) => draft.unsure.includes(themeId));
  const cleared = scope.reduce(withoutTheme, draft);
  return wereAll ? cleared : { ...cleared, unsure: [...cleared.unsure, ...scope] };
}

/**
 * Nothing is ticked, unsure or marked: no theme fits. The note stays.
 *
 * @param {Draft} draft
 * @returns {Draft}
 */
export function untickAll(draft) {
  return { ...draft, themes: {}, unsure: [], evidence: {} };
}

/**
 * @param {Draft} draft
 * @param {string} note
 * @returns {Draft}
 */
export function withNote(draft, note) {
  return { ...draft, note: note.trim() };
}

/**
 * Mark words that carry a theme; the theme is ticked. Marks that touch become one.
 *
 * @param {Draft} draft
 * @param {Card} card
 * @param {string} themeId
 * @param {Span} span
 * @returns {Draft}
 */
export function withMark(draft, card, themeId, span) {
  const ticked = Object.hasOwn(draft.themes, themeId) ? draft : toggleTheme(draft, card, themeId);
  const spans = joined([...(own(draft.evidence, themeId) || []), span]);
  return { ...ticked, evidence: { ...ticked.evidence, [themeId]: spans } };
}

/**
 * @param {Draft} draft
 * @param {string} themeId
 * @param {Span} span
 * @returns {Draft}
 */
export function withoutMark(draft, themeId, span) {
  const spans = own(draft.evidence, themeId) || [];
  const left = spans.filter(([start, end]) => start !== span[0] || end !== span[1]);
  const evidence = { ...draft.evidence, [themeId]: left };
  if (!left.length) {
    delete evidence[themeId];
  }
  return { ...draft, evidence };
}

/**
 * The next choice of the copies that a decision is for.
 *
 * @param {Draft} draft
 * @param {Card} card
 * @returns {Draft}
 */
export function nextCopies(draft, card) {
  const choices = COPY_CHOICES.filter((choice) => choice !== "campaign" || card.copies.campaign);
  const place = choices.indexOf(draft.copies);
  return { ...draft, copies: choices[(place + 1) % choices.length] };
}

/**
 * A draft as far as a codebook has its themes and positions, and a text its words: what was
 * ticked before either was changed.
 *
 * @param {Draft} draft
 * @param {Theme[]} themes
 * @param {boolean} sameText - whether marks in the text still mean the same words
 * @returns {Draft}
 */
export function fitting(draft, themes, sameText) {
  /** @type {Draft} */
  const kept = { ...draft, themes: {}, unsure: [], evidence: {} };
  for (const theme of themes) {
    if (Object.hasOwn(draft.themes, theme.id)) {
      kept.themes[theme.id] = inOrder(theme, new Set(draft.themes[theme.id]));
    }
    if (draft.unsure.includes(theme.id)) {
      kept.unsure.push(theme.id);
    }
    if (sameText && Object.hasOwn(draft.evidence, theme.id)) {
      kept.evidence[theme.id] = draft.evidence[theme.id];
    }
  }
  return kept;
}

/**
 * Whether two drafts say the same.
 *
 * @param {Draft} one
 * @param {Draft} other
 * @returns {boolean}
 */
export function isSame(one, other) {
  return canonical(one) === canonical(other);
}

/**
 * @param {Draft} draft
 * @returns {string}
 */
function canonical(draft) {
  const themes = Object.entries(draft.themes).sort();
  const marks = Object.entries(draft.evidence).sort();
  return JSON.stringify([themes, [...draft.unsure].sort(), draft.note, marks, draft.copies]);
}

/**
 * @param {Draft} draft
 * @param {string} themeId
 * @param {string[]} positions
 * @returns {Draft}
 */
function withTheme(draft, themeId, positions) {
  const unsure = draft.unsure.filter((id) => id !== themeId);
  return { ...draft, themes: { ...draft.themes, [themeId]: positions }, unsure };
}

/**
 * The theme is not present; words marked for it are marked no longer.
 *
 * @param {Draft} draft
 * @param {string} themeId
 * @returns {Draft}
 */
function withoutTheme(draft, themeId) {
  const themes = { ...draft.themes };
  const evidence = { ...draft.evidence };
  delete themes[themeId];
  delete evidence[themeId];
  return { ...draft, themes, evidence, unsure: draft.unsure.filter((id) => id !== themeId) };
}

/**
 * @param {Theme} theme
 * @param {Set<string>} ticked
 * @returns {string[]}
 */
function inOrder(theme, ticked) {
  return theme.positions.map((position) => position.id).filter((id) => ticked.has(id));
}

/**
 * @param {Span[]} spans
 * @returns {Span[]}
 */
function joined(spans) {
  /** @type {Span[]} */
  const result = [];
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last && start <= last[1]) {
      last[1] = Math.max(last[1], end);
    } else {
      result.push([start, end]);
    }
  }
  return result;
}
