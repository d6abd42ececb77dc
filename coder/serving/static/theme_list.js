/** The list of themes: fixed order, fixed keys, one box a theme, its positions below it. */

import { make, own } from "./elements.js";
import { likelihood } from "./words.js";

/**
 * @typedef {import("./types.js").Card} Card
 * @typedef {import("./types.js").Draft} Draft
 * @typedef {import("./types.js").Theme} Theme
 * @typedef {import("./types.js").Row} Row
 * @typedef {{theme: Theme, item: HTMLElement, box: HTMLInputElement, hint: HTMLElement,
 *   positions: HTMLElement, positionBoxes: Map<string, HTMLInputElement>,
 *   positionHints: Map<string, HTMLElement>}} Line
 */

/** The list. It is built once a codebook and then only brought up to date. */
export class ThemeList {
  /**
   * @param {HTMLElement} element - a list
   * @param {{tick: (themeId: string) => void, tickPosition: (themeId: string,
   *   positionId: string) => void, about: (themeId: string) => void}} actions
   */
  constructor(element, actions) {
    this._element = element;
    this._actions = actions;
    /** @type {Line[]} */
    this._lines = [];
    /** The theme used last. */
    this.current = "";
    element.addEventListener("focusin", (event) => this._focused(event));
    /** Called when another theme is the current one. */
    this.onCurrent = () => {};
  }

  /** @param {Theme[]} themes */
  build(themes) {
    this._lines = themes.map((theme) => this._line(theme));
    this._element.replaceChildren(...this._lines.map((line) => line.item));
    if (!themes.some((theme) => theme.id === this.current)) {
      this.current = themes[0]?.id || "";
    }
  }

  /**
   * Show what is ticked.
   *
   * @param {Card} card
   * @param {Draft} draft
   */
  update(card, draft) {
    const isOneTheme = card.scope.length === 1;
    for (const line of this._lines) {
      const row = own(card.rows, line.theme.id);
      line.item.classList.toggle("is-missing", !row || (isOneTheme && !row.judged));
      if (row) {
        this._updateLine(line, row, draft);
      }
    }
    this._hideMissing();
  }

  /**
   * @param {Line} line
   * @param {Row} row
   * @param {Draft} draft
   */
  _updateLine(line, row, draft) {
    const { theme, item, box } = line;
    const ticked = own(draft.themes, theme.id);
    const isUnsure = draft.unsure.includes(theme.id);
    box.checked = Boolean(ticked);
    box.indeterminate = isUnsure;
    item.classList.toggle("is-ticked", Boolean(ticked));
    item.classList.toggle("is-unsure", isUnsure);
    item.classList.toggle("is-suggested", row.suggested);
    item.classList.toggle("is-aside", !row.judged);
    item.classList.toggle("is-current", theme.id === this.current);
    line.hint.replaceChildren(...hintOf(row, isUnsure));
    line.positions.hidden = !theme.positions.length || (!ticked && theme.id !== this.current);
    for (const [positionId, positionBox] of line.positionBoxes) {
      positionBox.checked = Boolean(ticked?.includes(positionId));
      const probability = own(row.positions, positionId)?.probability;
      const hint = /** @type {HTMLElement} */ (line.positionHints.get(positionId));
      const isTold = row.suggested && typeof probability === "number" && probability >= 0.15;
      hint.textContent = isTold ? likelihood(probability) : "";
    }
  }

  /**
   * Show only themes that contain every word of a search.
   *
   * @param {string} words
   * @returns {string[]} ids of the themes shown
   */
  filter(words) {
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    for (const { theme, item } of this._lines) {
      const names = `${theme.key} ${theme.name} ${theme.short} ${theme.id}`.toLowerCase();
      item.classList.toggle("is-filtered", !wanted.every((word) => names.includes(word)));
    }
    return this._hideMissing();
  }

  /** @returns {string[]} ids of the themes shown */
  _hideMissing() {
    const shown = [];
    for (const { theme, item } of this._lines) {
      item.hidden = item.matches(".is-missing, .is-filtered");
      if (!item.hidden) {
        shown.push(theme.id);
      }
    }
    return shown;
  }

  /**
   * Make a theme the current one.
   *
   * @param {string} themeId
   */
  choose(themeId) {
    if (themeId && themeId !== this.current) {
      this.current = themeId;
      this.onCurrent();
    }
  }

  /**
   * Move the focus to a theme: keys that follow are for it.
   *
   * @param {string} themeId
   */
  focus(themeId) {
    const line = this._lines.find(({ theme }) => theme.id === themeId);
    line?.box.focus();
  }

  /**
   * Show a theme, with its positions, wherever the list is scrolled to.
   *
   * @param {string} themeId
   */
  reveal(themeId) {
    const line = this._lines.find(({ theme }) => theme.id === themeId);
    line?.item.scrollIntoView({ block: "nearest" });
  }

  /**
   * Move the focus down or up the list, positions included.
   *
   * @param {number} step
   */
  move(step) {
    const boxes = [...this._element.querySelectorAll("input")].filter(
      (box) => box.offsetParent !== null,
    );
    const place = boxes.indexOf(/** @type {HTMLInputElement} */ (document.activeElement));
    if (place < 0) {
      this.focus(this.current);
      return;
    }
    boxes[Math.min(Math.max(0, place + step), boxes.length - 1)].focus();
  }

  /** @param {Event} event */
  _focused(event) {
    const item = /** @type {Element} */ (event.target).closest(".theme");
    if (item instanceof HTMLElement) {
      this.choose(item.dataset.theme || "");
    }
  }

  /**
   * @param {Theme} theme
   * @returns {Line}
   */
  _line(theme) {
    const box = checkbox(() => this._actions.tick(theme.id));
    const hint = make("span.theme-hint");
    const words = make(
      "span.theme-words",
      {},
      make(
        "span.theme-name",
        { dir: "auto" },
        theme.short && make("span.theme-short", {}, theme.short),
        make("span.theme-full", {}, theme.name),
      ),
      hint,
    );
    const key = make("span.key", { "aria-hidden": "true" }, theme.key);
    const about = make(
      "button.button-plain.about",
      {
        type: "button",
        "aria-label": `Definition of ${theme.short || theme.name}`,
        title: "Definition",
        onclick: () => this._actions.about(theme.id),
      },
      "?",
    );
    const positions = make("ul.positions", { "aria-label": `Positions of ${theme.name}`, hidden: true });
    /** @type {Line} */
    const line = {
      theme,
      box,
      hint,
      positions,
      positionBoxes: new Map(),
      positionHints: new Map(),
      item: make(
        "li.theme",
        { "data-theme": theme.id, "data-depth": String(Math.min(theme.depth, 3)) },
        make(
          "div.theme-line",
          {},
          make("label.theme-label", {}, box, key, words),
          about,
        ),
        positions,
      ),
    };
    positions.append(...theme.positions.map((each) => this._position(line, each)));
    return line;
  }

  /**
   * @param {Line} line
   * @param {import("./types.js").Position} position
   * @returns {HTMLElement}
   */
  _position(line, position) {
    const tick = () => this._actions.tickPosition(line.theme.id, position.id);
    const box = checkbox(tick);
    const hint = make("span.theme-hint");
    line.positionBoxes.set(position.id, box);
    line.positionHints.set(position.id, hint);
    const key = position.key && make("span.key", { "aria-hidden": "true" }, position.key);
    const name = make("span", { dir: "auto" }, position.name);
    return make("li", {}, make("label.position-label", {}, box, key, name, hint));
  }
}

/**
 * A box that shows what is ticked, and asks to tick or untick.
 *
 * @param {() => void} tick
 * @returns {HTMLInputElement}
 */
function checkbox(tick) {
  const box = /** @type {HTMLInputElement} */ (make("input", { type: "checkbox" }));
  box.addEventListener("change", tick);
  return box;
}

/**
 * @param {Row} row
 * @param {boolean} isUnsure
 * @returns {Node[]}
 */
function hintOf(row, isUnsure) {
  const parts = [];
  if (isUnsure) {
    parts.push(make("span.unsure-word", {}, "unsure "));
  }
  if (!row.judged) {
    parts.push(document.createTextNode("not asked "));
  }
  if (row.suggested && row.probability !== null) {
    const why = row.why ? ` · ${row.why}` : "";
    parts.push(document.createTextNode(likelihood(row.probability) + why));
  }
  return parts;
}
