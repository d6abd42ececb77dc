/** Comments that were found: a list that says how many there are, and a button for each. */

import { writeText } from "./comment_text.js";
import { make } from "./elements.js";
import { sentenceOf } from "./session.js";
import { count } from "./words.js";

/** @typedef {import("./types.js").Span} Span */

/**
 * A comment found: a button that opens it.
 *
 * @param {HTMLDialogElement} dialog
 * @param {(commentId: string) => void} open
 * @param {string} commentId
 * @param {string} text
 * @param {string} fact
 * @param {Span[]} [spans] - words to mark
 * @returns {HTMLElement}
 */
export function foundRow(dialog, open, commentId, text, fact, spans = []) {
  const show = () => {
    dialog.close();
    open(commentId);
  };
  const head = make(
    "span.id",
    {},
    make("span", { dir: "auto" }, commentId),
    make("span.fact", { dir: "auto" }, fact),
  );
  const words = make("span", { dir: "auto" });
  const marks = spans.map((span) => /** @type {import("./comment_text.js").Mark} */ ({
    span,
    kind: "model",
    key: "",
    isStrong: true,
  }));
  writeText(words, text, marks);
  return make("li", {}, make("button", { type: "button", onclick: show }, head, words));
}

/**
 * A list that says how many there are, or why there is none.
 *
 * @param {string} noun - what is listed
 */
export function results(noun = "comment") {
  const line = make("p.quiet", { role: "status" }); // the page's own is out of reach behind a dialog
  const list = make("ul.found");
  /** @param {() => Promise<{total: number, rows: HTMLElement[]}>} ask */
  async function fill(ask) {
    line.textContent = "Looking …";
    try {
      const { total, rows } = await ask();
      list.replaceChildren(...rows);
      const isCut = total > rows.length;
      const found = total ? `${count(total, noun)} found` : "Nothing is found";
      line.textContent = isCut ? `${found}, the first ${rows.length} shown` : found;
    } catch (error) {
      line.textContent = sentenceOf(error);
      list.replaceChildren();
    }
  }
  return { element: make("div.stack", {}, line, list), fill };
}
