/** Draws a comment in dispute and its answers. */

import { byId, make } from "./elements.js";
import { showText } from "./marked_text.js";

const VERDICTS = [
  ["yes", "Yes", "y"],
  ["no", "No", "n"],
  ["open", "Leave open", "u"],
];
const SAID = { yes: "yes", no: "no", unsure: "unsure", "not asked": "not asked" };

/** @typedef {import("./dispute_answers.js").Part} Part */

/** The page's elements, drawn anew from the answers. */
export class DisputeView {
  /** @param {(part: Part, verdict: string) => void} choose */
  constructor(choose) {
    this.choose = choose;
    /** @type {any} */
    this.codebook = { themes: [] };
    /** @type {import("./dispute_answers.js").DisputeAnswers | null} */
    this.answers = null;
    this.place = 0;
    this.showsDefinition = false;
  }

  /** @returns {Part | undefined} the part that keys answer */
  get current() {
    return this.answers?.parts()[this.place];
  }

  /** @returns {string} */
  get note() {
    return /** @type {HTMLTextAreaElement} */ (byId("note")).value;
  }

  /**
   * @param {string} sentence - nothing hides it
   * @param {boolean} [isAlarm]
   */
  notice(sentence, isAlarm = false) {
    const notice = byId("notice");
    notice.hidden = !sentence;
    notice.textContent = sentence;
    notice.classList.toggle("message-alarm", isAlarm);
    notice.setAttribute("role", isAlarm ? "alert" : "status");
  }

  /** @param {number} left */
  showLeft(left) {
    byId("left").textContent = left === 1 ? "1 comment in dispute" : `${left} comments in dispute`;
  }

  /** @param {string} sentence */
  showSaving(sentence) {
    byId("saved-line").textContent = sentence;
  }

  /** There is no comment in front. */
  showNothing() {
    this.answers = null;
    byId("desk").hidden = true;
    byId("settle-foot").hidden = false;
    for (const id of ["rest-open", "skip", "save"]) {
      byId(id).hidden = true;
    }
    byId("comment-id").textContent = "";
    this.notice("Nothing is in dispute now, or somebody else has what is left in front.");
  }

  /**
   * @param {import("./dispute_answers.js").DisputeAnswers} answers
   * @param {string} note
   */
  show(answers, note) {
    this.answers = answers;
    this.place = 0;
    byId("desk").hidden = false;
    byId("settle-foot").hidden = false;
    for (const id of ["rest-open", "skip", "save"]) {
      byId(id).hidden = false;
    }
    byId("comment-id").textContent = answers.card.comment_id;
    /** @type {HTMLTextAreaElement} */ (byId("note")).value = note;
    this.drawNotes();
    this.drawAgreed();
    this.draw();
    this.goToNextOpen(false);
  }

  /** Draw what can change: disputes, the marked text, and how many are open. */
  draw() {
    if (!this.answers) {
      return;
    }
    const focused = document.activeElement?.getAttribute("data-choice");
    const parts = this.answers.parts();
    this.place = Math.max(0, Math.min(this.place, parts.length - 1));
    byId("disputes").replaceChildren(...parts.map((part, place) => this.fieldset(part, place)));
    if (focused) {
      const again = [...document.querySelectorAll("[data-choice]")];
      const same = again.find((element) => element.getAttribute("data-choice") === focused);
      /** @type {HTMLElement | undefined} */ (same)?.focus();
    }
    const open = this.answers.open().length;
    byId("open-count").textContent = open ? `${open} to answer` : "all answered";
    byId("save").setAttribute("aria-disabled", String(open > 0));
    this.drawText();
  }

  /**
   * @param {Part} part
   * @param {number} place
   */
  fieldset(part, place) {
    const { theme, position } = part;
    const verdict = this.answers?.verdictOf(part);
    const said = position ? position.answers : theme.answers;
    const legend = make("legend", { dir: "auto" }, theme.name);
    if (position) {
      legend.append(make("span.part", {}, ` = ${position.name}`));
    }
    const choices = VERDICTS.map(([value, label, key]) => {
      const radio = make("input", {
        type: "radio",
        name: `part-${place}`,
        value,
        "data-choice": `${place} ${value}`,
        onchange: () => this.choose(part, value),
        onfocus: () => this.pointAt(place),
      });
      /** @type {HTMLInputElement} */ (radio).checked = verdict === value;
      return make("label", {}, radio, make("span", {}, label), make("kbd", { "aria-hidden": "true" }, key));
    });
    const set = make("fieldset.dispute", { "data-place": place }, legend, saidList(said));
    set.classList.toggle("is-current", place === this.place);
    set.append(make("div.verdicts", {}, ...choices));
    const definition = this.definition(theme.id, position?.id);
    if (definition) {
      set.append(definition);
    }
    set.addEventListener("click", () => this.pointAt(place));
    return set;
  }

  /**
   * @param {string} themeId
   * @param {string} [positionId]
   */
  definition(themeId, positionId) {
    const theme = this.codebook.themes.find((/** @type {any} */ one) => one.id === themeId);
    if (!theme) {
      return null;
    }
    const position = theme.positions.find((/** @type {any} */ one) => one.id === positionId);
    const lines = [];
    for (const [title, value] of [
      ["", position?.definition],
      ["", theme.definition],
      ["Includes: ", theme.includes?.join("; ")],
      ["Excludes: ", theme.excludes?.join("; ")],
    ]) {
      if (value) {
        lines.push(make("p", { dir: "auto" }, `${title}${value}`));
      }
    }
    if (!lines.length) {
      return null;
    }
    const opened = this.showsDefinition;
    const summary = make("summary", { class: "quiet small" }, "Definition");
    return make("details", { open: opened }, summary, ...lines);
  }

  /** Show or hide the definitions. */
  switchDefinition() {
    this.showsDefinition = !this.showsDefinition;
    this.draw();
  }

  /** @param {number} place */
  pointAt(place) {
    if (place === this.place) {
      return;
    }
    this.place = place;
    for (const set of document.querySelectorAll(".dispute")) {
      set.classList.toggle("is-current", set.getAttribute("data-place") === String(place));
    }
    this.drawText();
  }

  /** @param {number} by */
  move(by) {
    const last = (this.answers?.parts().length || 1) - 1;
    this.focusOn(Math.max(0, Math.min(this.place + by, last)));
  }

  /** @param {boolean} [takesFocus] */
  goToNextOpen(takesFocus = true) {
    if (!this.answers) {
      return;
    }
    const parts = this.answers.parts();
    const places = [...parts.keys()];
    const inOrder = [...places.slice(this.place), ...places.slice(0, this.place)];
    const next = inOrder.find((place) => this.answers?.verdictOf(parts[place]) === "");
    if (next === undefined) {
      if (takesFocus) {
        byId("save").focus();
      }
      return;
    }
    if (takesFocus) {
      this.focusOn(next);
    } else {
      this.pointAt(next);
    }
  }

  /** @param {number} place */
  focusOn(place) {
    this.pointAt(place);
    const set = document.querySelector(`.dispute[data-place="${place}"]`);
    const chosen = set?.querySelector("input:checked") || set?.querySelector("input");
    /** @type {HTMLElement | null | undefined} */ (chosen)?.focus();
    set?.scrollIntoView({ block: "nearest" });
  }

  drawText() {
    const card = this.answers?.card;
    const theme = this.current?.theme;
    if (!card) {
      return;
    }
    const marks = [];
    const legend = [];
    if (theme?.evidence) {
      marks.push({ start: theme.evidence[0], end: theme.evidence[1], kind: "" });
      legend.push("where the program would look");
    }
    for (const { reviewer, spans } of theme?.marked || []) {
      for (const [start, end] of spans) {
        marks.push({ start, end, kind: "by-person" });
      }
      legend.push(`marked by ${reviewer}`);
    }
    showText(byId("comment-text"), card.text, marks);
    byId("legend").hidden = !legend.length;
    byId("legend").textContent = `${theme?.name || ""}: ${legend.join(", ")}`;
  }

  drawNotes() {
    const notes = (this.answers?.card.notes || []).map(({ reviewer, note }) =>
      make("p", { dir: "auto" }, make("strong", {}, `${reviewer}: `), note),
    );
    byId("notes").replaceChildren(...notes);
  }

  drawAgreed() {
    const agreed = (this.answers?.card.themes || []).filter((theme) => !theme.in_scope);
    const present = agreed.filter((theme) => theme.verdict === "yes");
    const names = present.map((theme) => {
      const positions = theme.positions.filter((one) => one.verdict === "yes");
      const named = positions.map((one) => one.name).join(", ");
      return make("li", { dir: "auto" }, named ? `${theme.name} = ${named}` : theme.name);
    });
    byId("agreed-part").hidden = !agreed.length;
    const none = make("p", {}, "No other theme is present.");
    byId("agreed").replaceChildren(names.length ? make("ul", {}, ...names) : none);
  }
}

/** @param {import("./dispute_answers.js").Said[]} said */
function saidList(said) {
  const lines = said.map(({ reviewer, answer }) =>
    make(
      "li",
      {},
      make("span.answer", { "data-answer": answer }, own(SAID, answer)),
      make("span", { dir: "auto" }, reviewer),
    ),
  );
  return make("ul.said", { "aria-label": "What the reviewers answered" }, ...lines);
}

/**
 * @param {Object<string, string>} words
 * @param {string} key
 */
function own(words, key) {
  return Object.hasOwn(words, key) ? words[key] : key;
}
