/** Choosing several comments of a list, and answering one theme in all of them. */

import { make, own } from "./elements.js";
import { sentenceOf } from "./session.js";
import { count } from "./words.js";

/**
 * @typedef {import("./session.js").Session} Session
 * @typedef {import("./search_sheet.js").Match} Match
 * @typedef {{match: Match, row: HTMLElement}} Found
 * @typedef {Found & {box: HTMLInputElement, fact: HTMLElement}} Line
 * @typedef {{themeId: string, said: Map<Match, Object<string, string>>}} Done
 */

const PATHS = ["/api/listed", "/api/undo"];

/** The theme that was answered last: it is offered again. */
let lastTheme = "";

/** What is chosen, the theme, and the buttons to answer it. */
export class FoundChoice {
  /** @param {Session} session */
  constructor(session) {
    this._session = session;
    /** @type {Line[]} */
    this._lines = [];
    /** @type {Done[]} - answers given here, with what was said before */
    this._done = [];
    this._sentence = "";
    this._isSent = false; // whether the sentence is about something that is stored
    this._ending = new AbortController();
    this._all = /** @type {HTMLInputElement} */ (make("input", { type: "checkbox" }));
    this._allWords = make("span");
    this._number = make("span.quiet.number");
    this._theme = this._themes();
    this._undo = make("button.button", { type: "button" }, "Undo", make("kbd", {}, "z"));
    this._status = make("p.small", { role: "status" });
    this.element = this._build();
    this._listen();
  }

  /**
   * Offer the comments that were found; nothing is chosen.
   *
   * @param {Found[]} found
   */
  show(found) {
    this._lines = found.map((each) => this._line(each));
    this._allWords.textContent = `All ${found.length.toLocaleString("en")} shown`;
    this.element.hidden = !found.length;
    this._done = [];
    this._say("");
    this._draw();
  }

  /** The list is closed. */
  end() {
    this._ending.abort();
  }

  /**
   * A key, as on the terminal: t yes, n no, T the theme, z undo; arrows go through the list.
   *
   * @param {KeyboardEvent} event
   */
  pressed(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const isTyping = target.matches("select, input:not([type='checkbox'])");
    if (this.element.hidden || isTyping || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const isOn = !document.body.classList.contains("no-keys");
    const run = own(this._keys(target, isOn), event.key);
    if (run) {
      event.preventDefault();
      run();
    }
  }

  /**
   * @param {HTMLElement} target
   * @param {boolean} isOn - whether single letters are shortcuts
   * @returns {{[key: string]: () => void}}
   */
  _keys(target, isOn) {
    const place = this._lines.findIndex((line) => line.row.contains(target));
    /** @type {{[key: string]: () => void}} */
    const arrows = {};
    if (place >= 0) {
      arrows.ArrowDown = () => this._lines[place + 1]?.box.focus();
      arrows.ArrowUp = () => this._lines[place - 1]?.box.focus();
    }
    if (!isOn) {
      return arrows;
    }
    return {
      ...arrows,
      t: () => this._decide(true),
      n: () => this._decide(false),
      T: () => this._theme.focus(),
      z: () => this._takeBack(),
    };
  }

  // ------------------------------------------------------------ building

  /** @returns {HTMLSelectElement} */
  _themes() {
    const themes = this._session.codebook.themes;
    const options = themes.map((theme) =>
      make("option", { value: theme.id }, `${theme.key}  ${theme.name}`),
    );
    const none = make("option", { value: "" }, "Choose a theme");
    const list = make("select", { id: "answer-theme" }, none, ...options);
    const select = /** @type {HTMLSelectElement} */ (list);
    select.value = themes.some((theme) => theme.id === lastTheme) ? lastTheme : "";
    return select;
  }

  /** @returns {HTMLElement} */
  _build() {
    const button = (/** @type {string} */ word, /** @type {string} */ key, /** @type {boolean} */ present) =>
      make(
        "button.button",
        { type: "button", onclick: () => this._decide(present) },
        word,
        make("kbd", {}, key),
      );
    const label = make("label.visually-hidden", { for: "answer-theme" }, "Theme to answer");
    return make(
      "div.found-choice",
      { role: "group", "aria-label": "Answer a theme in the comments chosen", hidden: true },
      make(
        "div.row.spread",
        {},
        make("label.choice", {}, this._all, this._allWords),
        this._number,
      ),
      make(
        "div.row",
        {},
        label,
        this._theme,
        make(
          "div.row.found-answers",
          {},
          button("Yes", "t", true),
          button("No", "n", false),
          this._undo,
        ),
      ),
      this._status,
    );
  }

  _listen() {
    const { signal } = this._ending;
    const { outbox } = this._session;
    this._all.addEventListener("change", () => {
      this._lines.forEach((line) => {
        line.box.checked = this._all.checked;
      });
      this._draw();
    });
    this._theme.addEventListener("change", () => this._draw());
    this._undo.addEventListener("click", () => this._takeBack());
    outbox.addEventListener("change", () => this._tellState(), { signal });
    outbox.addEventListener("answer", (event) => this._answered(event), { signal });
  }

  /**
   * @param {Found} found
   * @returns {Line}
   */
  _line({ match, row }) {
    const name = `Choose ${match.comment_id}`;
    const made = make("input", { type: "checkbox", "aria-label": name });
    const box = /** @type {HTMLInputElement} */ (made);
    box.addEventListener("change", () => this._draw());
    row.classList.add("is-choosable");
    row.prepend(make("label.choice", {}, box));
    const fact = /** @type {HTMLElement} */ (row.querySelector(".fact"));
    return { match, row, box, fact };
  }

  // ------------------------------------------------------------ answering

  /** @param {boolean} present */
  _decide(present) {
    const chosen = this._lines.filter((line) => line.box.checked).map((line) => line.match);
    const themeId = this._theme.value;
    if (!chosen.length) {
      this._say("Choose comments first.");
      return;
    }
    if (!themeId) {
      this._say("Choose a theme first.");
      this._theme.focus();
      return;
    }
    lastTheme = themeId;
    const word = present ? "yes" : "no";
    const others = chosen.filter((match) => own(match.said, themeId) !== word);
    const had = chosen.length - others.length;
    const number = `${present ? "Yes" : "No"} to ${this._nameOf(themeId)}: ${count(others.length, "comment")}`;
    this._lines.forEach((line) => {
      line.box.checked = false;
    });
    if (others.length) {
      this._done.push({ themeId, said: new Map(others.map((match) => [match, match.said])) });
      others.forEach((match) => {
        match.said = { ...match.said, [themeId]: word };
      });
      const commentIds = others.map((match) => match.comment_id);
      this._session.decideListed({ commentIds, themeId, present });
    }
    this._say(had ? `${number}; ${had} had this answer` : number, others.length > 0);
    this._draw();
  }

  /** Take back the last answer that was given here. */
  _takeBack() {
    if (!this._done.length) {
      this._say("There is nothing to undo here.");
      return;
    }
    this._session.undo();
    this._forgetLast();
    this._say("Undone: the last answer", true);
  }

  _forgetLast() {
    for (const [match, said] of this._done.pop()?.said || []) {
      match.said = said;
    }
    this._draw();
  }

  /** @param {Event} event */
  _answered(event) {
    const { item, error } = /** @type {CustomEvent} */ (event).detail;
    if (!error || !PATHS.includes(item.path)) {
      return;
    }
    if (item.path === "/api/listed") {
      this._forgetLast();
    }
    this._say("");
    this._status.textContent = `Not saved: ${sentenceOf(error)}`;
  }

  // ------------------------------------------------------------ drawing

  _draw() {
    const themeId = this._theme.value;
    const name = themeId ? this._nameOf(themeId) : "";
    for (const { match, row, box, fact } of this._lines) {
      fact.textContent = saidOf(match, themeId, name);
      row.classList.toggle("is-chosen", box.checked);
    }
    const chosen = this._lines.filter((line) => line.box.checked).length;
    this._number.textContent = `${chosen.toLocaleString("en")} chosen`;
    this._all.checked = chosen > 0 && chosen === this._lines.length;
    this._all.indeterminate = chosen > 0 && chosen < this._lines.length;
    this._undo.hidden = !this._done.length;
  }

  /**
   * @param {string} themeId
   * @returns {string}
   */
  _nameOf(themeId) {
    const theme = this._session.theme(themeId);
    return theme?.short || theme?.name || themeId;
  }

  /**
   * @param {string} sentence
   * @param {boolean} [isSent] - whether it is about something that is stored now
   */
  _say(sentence, isSent = false) {
    this._sentence = sentence;
    this._isSent = isSent;
    this._status.textContent = sentence;
    this._tellState();
  }

  /** Whether it is saved, beside what was done. */
  _tellState() {
    const { waiting, state, problem } = this._session.outbox;
    if (!this._sentence || !this._isSent) {
      return;
    }
    const isWaiting = state === "waiting" || state === "shut out";
    const standing = isWaiting ? `Waits to be sent: ${problem}` : "Saving …";
    const words = `${this._sentence}. ${waiting.length ? standing : "Saved."}`;
    if (this._status.textContent !== words) {
      this._status.textContent = words;
    }
  }
}

/**
 * What the reviewer said of a comment, in a few words.
 *
 * @param {Match} match
 * @param {string} themeId - the theme that is answered; maybe none
 * @param {string} name - of the theme
 * @returns {string}
 */
function saidOf(match, themeId, name) {
  const parts = [];
  const said = own(match.said, themeId);
  if (said) {
    parts.push(`${name}: ${said}`);
  }
  if (match.decided) {
    parts.push("decided");
  } else if (!said && Object.keys(match.said).length) {
    parts.push("partly decided");
  }
  return parts.join(" · ");
}
