/**
 * Marking the words that carry a theme: by selecting them with mouse or finger, or with the
 * arrow keys after `w`.
 */

import { announce } from "./announce.js";
import { select, selectedSpan } from "./comment_text.js";
import { make } from "./elements.js";

/**
 * @typedef {import("./types.js").Span} Span
 * @typedef {import("./types.js").Theme} Theme
 */

const SHOWN = 60; // characters of the selected words that the line repeats

/** The selection in the comment, and the line that asks which theme it is for. */
export class Marking {
  /**
   * @param {HTMLElement} text - the comment's
   * @param {HTMLElement} line - where the themes are offered
   * @param {{offered: () => Theme[], all: () => Theme[],
   *   mark: (themeId: string, span: Span) => void, say: (sentence: string) => void}} actions
   */
  constructor(text, line, actions) {
    this._text = text;
    this._line = line;
    this._actions = actions;
    /** @type {Span | null} - the words that are selected */
    this.span = null;
    /** Whether arrow keys choose words now. */
    this.isOn = false;
    /** @type {Span[]} */
    this._words = [];
    this._first = 0;
    this._last = 0;
    document.addEventListener("selectionchange", () => this._selected());
    text.addEventListener("keydown", (event) => this._pressed(event));
    text.addEventListener("blur", () => this._leave());
    line.addEventListener("pointerdown", (event) => {
      if (event.target instanceof HTMLButtonElement) {
        event.preventDefault(); // the words stay selected
      }
    });
  }

  /** Choose words with the arrow keys, from what is selected or from the first word. */
  begin() {
    if (window.matchMedia("(pointer: coarse)").matches) {
      this._actions.say("Hold a finger on a word, and draw over the words that carry a theme.");
      return;
    }
    this._words = wordsOf(this._text.textContent || "");
    if (!this._words.length) {
      return;
    }
    const from = this.span ? this.span[0] : 0;
    const to = this.span ? this.span[1] : 0;
    this._first = Math.max(0, this._words.findIndex(([, end]) => end > from));
    this._last = Math.max(this._first, this._words.findLastIndex(([start]) => start < to));
    this.isOn = true;
    this._text.focus();
    this._choose();
    announce("Choose words: arrows move, Shift and arrows take more, Enter marks, Escape ends.");
  }

  /**
   * Mark what is selected.
   *
   * @param {string} themeId
   */
  mark(themeId) {
    if (this.span) {
      const span = this.span;
      this.end();
      this._actions.mark(themeId, span);
    }
  }

  /** Nothing is selected any longer. */
  end() {
    this.isOn = false;
    this.span = null;
    document.getSelection()?.removeAllRanges();
    this._draw();
  }

  _leave() {
    this.isOn = false;
  }

  _selected() {
    const span = selectedSpan(this._text);
    const isAsking = this._line.contains(document.activeElement);
    if (span || !isAsking) {
      this.span = span;
      this._draw();
    }
  }

  /** @param {KeyboardEvent} event */
  _pressed(event) {
    if (!this.isOn || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    if (event.key === "Escape") {
      this.end();
    } else if (event.key === "Enter") {
      this.mark(this._actions.offered()[0]?.id || "");
    } else if (!this._step(event)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} whether the key is one for choosing words
   */
  _step(event) {
    const isToLeft = getComputedStyle(this._text).direction === "rtl";
    const ahead = isToLeft ? "ArrowLeft" : "ArrowRight";
    const behind = isToLeft ? "ArrowRight" : "ArrowLeft";
    /** @type {{[key: string]: number}} */
    const steps = { [ahead]: 1, [behind]: -1, ArrowDown: 8, ArrowUp: -8 };
    const step = steps[event.key];
    if (!step) {
      return false;
    }
    const end = this._words.length - 1;
    this._last = Math.min(Math.max(0, this._last + step), end);
    if (event.shiftKey) {
      this._last = Math.max(this._last, this._first);
    } else {
      this._first = this._last;
    }
    this._choose();
    return true;
  }

  _choose() {
    this.span = [this._words[this._first][0], this._words[this._last][1]];
    select(this._text, this.span);
    const element = document.getSelection()?.focusNode?.parentElement;
    element?.scrollIntoView({ block: "nearest" });
    announce(this._chosenWords());
    this._draw();
  }

  /** @returns {string} */
  _chosenWords() {
    if (!this.span) {
      return "";
    }
    const words = (this._text.textContent || "").slice(this.span[0], this.span[1]);
    return words.length > SHOWN ? `${words.slice(0, SHOWN)} …` : words;
  }

  _draw() {
    if (!this.span) {
      this._line.hidden = true;
      return;
    }
    const buttons = this._actions.offered().map((theme) =>
      make(
        "button.button",
        { type: "button", onclick: () => this.mark(theme.id) },
        make("kbd", {}, theme.key),
        make("span", { dir: "auto" }, theme.short || theme.name),
      ),
    );
    const isHeld = !this._line.hidden && this._line.contains(document.activeElement);
    if (isHeld) {
      return; // somebody is choosing in it
    }
    const ask = make("span", {}, "Mark these words for");
    this._line.replaceChildren(ask, ...buttons, this._others());
    this._line.hidden = false;
  }

  /** @returns {HTMLElement} */
  _others() {
    const choice = make(
      "select",
      { "aria-label": "Mark the words for another theme" },
      make("option", { value: "" }, "another theme …"),
      ...this._actions
        .all()
        .map((theme) => make("option", { value: theme.id }, `${theme.key} ${theme.name}`)),
    );
    choice.addEventListener("change", () => {
      const themeId = /** @type {HTMLSelectElement} */ (choice).value;
      if (themeId) {
        this.mark(themeId);
      }
    });
    return choice;
  }
}

/**
 * The places of the words of a text.
 *
 * @param {string} text
 * @returns {Span[]}
 */
function wordsOf(text) {
  const language = document.getElementById("review")?.dataset.language || "en";
  /** @type {Span[]} */
  const words = [];
  for (const part of segmenter(language).segment(text)) {
    if (part.isWordLike) {
      words.push([part.index, part.index + part.segment.length]);
    }
  }
  return words;
}

/**
 * @param {string} language
 * @returns {Intl.Segmenter}
 */
function segmenter(language) {
  try {
    return new Intl.Segmenter(language, { granularity: "word" });
  } catch {
    return new Intl.Segmenter("en", { granularity: "word" });
  }
}
