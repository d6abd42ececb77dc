/** Everything around the list of themes: the comment with its marks, the lines, the definition. */

import { shownText, writeText } from "./comment_text.js";
import { byId, make, own } from "./elements.js";
import { sentenceOf } from "./session.js";
import { themeCard } from "./theme_card.js";
import { count, progressParts } from "./words.js";

/**
 * @typedef {import("./types.js").Theme} Theme
 * @typedef {import("./types.js").Span} Span
 * @typedef {import("./comment_text.js").Mark} Mark
 * @typedef {import("./session.js").Session} Session
 * @typedef {import("./theme_list.js").ThemeList} ThemeList
 */

const MANY_THEMES = 14; // from here on the suggested ones are named above the list

/** Draws what the session says. */
export class Drawing {
  /**
   * @param {Session} session
   * @param {ThemeList} list
   * @param {{toggleUnsure: (themeId: string) => void, markWords: () => void,
   *   removeMark: (themeId: string, span: Span) => void}} actions - of the definition's buttons
   */
  constructor(session, list, actions) {
    this.session = session;
    this.list = list;
    this._actions = actions;
    this.text = byId("comment-text");
  }

  draw() {
    const { session } = this;
    const { card, draft, progress } = session;
    byId("progress").textContent = progress ? progressParts(progress).join(" · ") : "";
    this.drawNothing();
    for (const id of ["save", "skip"]) {
      /** @type {HTMLButtonElement} */ (byId(id)).disabled = !card;
    }
    /** @type {HTMLButtonElement} */ (byId("back")).disabled = !session.canGoBack;
    /** @type {HTMLButtonElement} */ (byId("undo")).disabled = !session.history.canUndo;
    document.querySelector(".review")?.classList.toggle("is-empty", !card);
    if (!card || !draft) {
      return;
    }
    byId("comment-title").textContent = `Comment ${card.comment_id}`;
    byId("comment-facts").replaceChildren(...this.facts());
    const rows = Object.values(card.rows);
    byId("no-suggestions").hidden = rows.some((row) => row.probability !== null);
    this.list.update(card, draft);
    this.drawText();
    byId("note").textContent = draft.note;
    byId("note").hidden = !draft.note;
    this.drawCopies();
    this.drawSuggested();
    this.drawDefinition();
  }

  /** @returns {HTMLElement[]} */
  facts() {
    const { card, isSaved, isChanged } = this.session;
    const facts = (card?.attributes || [])
      .slice(0, 3)
      .map(([, value]) => make("span.chip", { dir: "auto" }, shownText(value)));
    if (isSaved) {
      facts.push(make("span.chip", {}, "✓ decided"));
    } else if (isChanged && card?.saved) {
      facts.push(make("span.chip", {}, "changed, not saved"));
    }
    return facts;
  }

  drawText() {
    const { card, draft } = this.session;
    if (!card || !draft) {
      return;
    }
    const marks = [...this.modelMarks(), ...this.ownMarks()];
    const key = JSON.stringify([card.comment_id, card.text_hash, marks]);
    if (this.text.dataset.drawn !== key) {
      this.text.dataset.drawn = key; // redrawing would lose a selection
      writeText(this.text, card.text, marks);
    }
  }

  /** @returns {Mark[]} the current theme's last, so that they are seen */
  modelMarks() {
    const { card, draft, codebook } = this.session;
    /** @type {Mark[]} */
    const marks = [];
    for (const theme of codebook.themes) {
      const row = own(card?.rows || {}, theme.id);
      const isShown = row?.suggested || Object.hasOwn(draft?.themes || {}, theme.id);
      if (row?.evidence && isShown) {
        const isStrong = theme.id === this.list.current;
        marks.push({ span: row.evidence, kind: "model", key: theme.key, isStrong });
      }
    }
    return marks.sort((one, other) => Number(one.isStrong) - Number(other.isStrong));
  }

  /** @returns {Mark[]} */
  ownMarks() {
    const { draft, codebook } = this.session;
    /** @type {Mark[]} */
    const marks = [];
    for (const theme of codebook.themes) {
      const isStrong = theme.id === this.list.current;
      for (const span of own(draft?.evidence || {}, theme.id) || []) {
        marks.push({ span, kind: "own", key: theme.key, isStrong });
      }
    }
    return marks.sort((one, other) => Number(one.isStrong) - Number(other.isStrong));
  }

  drawCopies() {
    const { card, draft } = this.session;
    const button = byId("copies");
    const { same, campaign } = card?.copies || { same: 0, campaign: 0 };
    button.hidden = !same && !campaign;
    const words = {
      one: "For this comment only",
      same: `Also for ${count(same, "copy", "copies")}`,
      campaign: `Also for ${(same + campaign).toLocaleString("en")} in the campaign`,
    };
    const chosen = draft?.copies || "same";
    const none = chosen === "same" && !same;
    const said = none ? `Not for ${campaign.toLocaleString("en")} in the campaign` : words[chosen];
    button.replaceChildren(said, " ", make("kbd", {}, "c"));
  }

  /** The themes suggested or ticked, by name: in a long list they may be out of sight. */
  drawSuggested() {
    const { card, draft, codebook } = this.session;
    const line = byId("suggested");
    const shown = codebook.themes.filter((theme) => {
      const isTicked = Object.hasOwn(draft?.themes || {}, theme.id);
      return isTicked || own(card?.rows || {}, theme.id)?.suggested;
    });
    line.hidden = !shown.length;
    line.classList.toggle("is-needless", codebook.themes.length < MANY_THEMES);
    const isTicked = (/** @type {Theme} */ { id }) => Object.hasOwn(draft?.themes || {}, id);
    const key = JSON.stringify(shown.map((theme) => [theme.id, isTicked(theme)]));
    if (line.dataset.drawn === key) {
      return; // a button that is pressed keeps the focus
    }
    line.dataset.drawn = key;
    const buttons = shown.map((theme) =>
      make(
        "button.button",
        { type: "button", onclick: () => this.list.focus(theme.id) },
        make("span.key", {}, theme.key),
        make("span", { dir: "auto" }, theme.short || theme.name),
        isTicked(theme) && make("span", { role: "img", "aria-label": "ticked" }, "✓"),
      ),
    );
    line.replaceChildren(make("span.quiet.small", {}, "Suggested or ticked"), ...buttons);
  }

  drawDefinition() {
    const theme = this.session.theme(this.list.current);
    const beside = byId("definition");
    if (!theme || beside.contains(document.activeElement?.closest("button") || null)) {
      return this.drawUnsureButton();
    }
    if (beside.dataset.theme !== theme.id) {
      beside.dataset.theme = theme.id;
      beside.scrollTop = 0;
    }
    beside.replaceChildren(this.definition(theme));
  }

  /** The definition stays as it is while one of its buttons is in use. */
  drawUnsureButton() {
    const isUnsure = this.session.draft?.unsure.includes(this.list.current);
    const button = document.querySelector("#definition .unsure-button");
    button?.setAttribute("aria-pressed", String(Boolean(isUnsure)));
  }

  /**
   * @param {Theme} theme
   * @returns {HTMLElement}
   */
  definition(theme) {
    const { card, draft } = this.session;
    if (!card || !draft) {
      return themeCard(theme);
    }
    return themeCard(theme, {
      draft,
      text: card.text,
      toggleUnsure: () => this._actions.toggleUnsure(theme.id),
      markWords: () => this._actions.markWords(),
      removeMark: (span) => this._actions.removeMark(theme.id, span),
    });
  }

  /** What is said where no comment is in front. */
  drawNothing() {
    const { card, hand, outbox } = this.session;
    const line = byId("nothing");
    line.hidden = Boolean(card);
    if (card) {
      return;
    }
    byId("comment-title").textContent = "No comment";
    this.text.replaceChildren();
    delete this.text.dataset.drawn;
    if (hand.error?.isPassing) {
      line.textContent =
        "No connection to the server, and the comments fetched ahead are done. New ones come by " +
        `themselves once it is back. ${outbox.waiting.length} waiting to be sent.`;
    } else if (hand.error) {
      line.textContent = sentenceOf(hand.error);
    } else if (hand.isAtEnd) {
      line.textContent = "Nothing is left to review. Thank you.";
    } else {
      line.textContent = "Fetching comments …";
    }
  }

  /** @returns {string} the first theme that is ticked or suggested: its words are marked */
  firstTheme() {
    const { card, draft, codebook } = this.session;
    const ids = codebook.themes.map((theme) => theme.id);
    const ticked = ids.find((id) => Object.hasOwn(draft?.themes || {}, id));
    const suggested = ids.find((id) => own(card?.rows || {}, id)?.suggested);
    return ticked || suggested || this.list.current;
  }
}
