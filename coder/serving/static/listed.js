/** Yes or no to one theme in several comments: what it changes in those that the page holds. */

import { answered } from "./draft.js";

/**
 * @typedef {import("./types.js").Card} Card
 * @typedef {import("./types.js").Draft} Draft
 * @typedef {import("./types.js").Row} Row
 * @typedef {{commentIds: string[], themeId: string, present: boolean}} Answer
 * @typedef {{cards: Card[], drafts: Map<string, Draft>, decided: Map<string, Draft>}} Known
 * @typedef {{themeId: string, rows: Map<Card, Row>, drafts: Map<string, Draft>,
 *   decided: Map<string, Draft>}} Kept - as it was
 */

/**
 * Tick or untick the theme wherever one of the comments is held, so that a later decision on the
 * comment does not take the answer back unseen.
 *
 * @param {Known} known - changed
 * @param {Answer} answer
 * @returns {Kept}
 */
export function giveAnswer(known, { commentIds, themeId, present }) {
  /** @type {Kept} */
  const kept = { themeId, rows: new Map(), drafts: new Map(), decided: new Map() };
  const wanted = new Set(commentIds);
  for (const card of known.cards) {
    if (wanted.has(card.comment_id) && Object.hasOwn(card.rows, themeId)) {
      const row = card.rows[themeId];
      kept.rows.set(card, row);
      card.rows[themeId] = { ...row, ticked: present, unsure: false, judged: true };
    }
  }
  for (const commentId of wanted) {
    change(known.drafts, kept.drafts, commentId, themeId, present);
    change(known.decided, kept.decided, commentId, themeId, present);
  }
  return kept;
}

/**
 * Put everything back as it was.
 *
 * @param {Known} known - changed
 * @param {Kept} kept
 */
export function takeAnswerBack(known, kept) {
  for (const [card, row] of kept.rows) {
    card.rows[kept.themeId] = row;
  }
  for (const [commentId, draft] of kept.drafts) {
    known.drafts.set(commentId, draft);
  }
  for (const [commentId, draft] of kept.decided) {
    known.decided.set(commentId, draft);
  }
}

/**
 * @param {Map<string, Draft>} drafts
 * @param {Map<string, Draft>} before
 * @param {string} commentId
 * @param {string} themeId
 * @param {boolean} present
 */
function change(drafts, before, commentId, themeId, present) {
  const draft = drafts.get(commentId);
  if (draft) {
    before.set(commentId, draft);
    drafts.set(commentId, answered(draft, themeId, present));
  }
}
