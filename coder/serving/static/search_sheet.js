/** Searching for comments, and answering one theme in several of those that are found. */

import { postJson } from "./api.js";
import { openDialog } from "./dialogs.js";
import { make } from "./elements.js";
import { FoundChoice } from "./found_choice.js";
import { foundRow, results } from "./found.js";
import { count } from "./words.js";

/**
 * @typedef {import("./session.js").Session} Session
 * @typedef {import("./types.js").Span} Span
 * @typedef {{comment_id: string, excerpt: string, marks?: Span[], decided: boolean,
 *   said: Object<string, string>}} Match
 */

const MOST_IN_TURN = 20; // comments found that are reviewed one after another

/** What was searched for last: the search opens with it again. */
let lastWords = "";

/**
 * Search for comments by their words or their id.
 *
 * @param {Session} session
 * @param {(commentId: string) => void} open
 * @param {(commentIds: string[]) => void} reviewInTurn
 */
export function openSearch(session, open, reviewInTurn) {
  const attributes = { id: "search-words", maxlength: 200, autocomplete: "off", spellcheck: "false" };
  // In a box of type search Escape does not close.
  const box = /** @type {HTMLInputElement} */ (make("input", { ...attributes, type: "text" }));
  box.value = lastWords;
  const go = make("button.button-main", { type: "submit" }, "Search");
  const label = make("label", { for: "search-words" }, "Words, “an exact phrase” or an id");
  const form = make("form.stack", {}, make("div.field", {}, label, make("div.row.search-line", {}, box, go)));
  const result = results();
  const inTurn = make("button.button", { type: "button", hidden: true });
  const choice = new FoundChoice(session);
  result.element.lastElementChild?.before(choice.element);
  const body = make("div.stack", {}, form, inTurn, result.element);
  const dialog = openDialog("Search", [body], { onclose: () => choice.end() });
  dialog.addEventListener("keydown", (event) => choice.pressed(event));
  /** @type {string[]} */
  let undecided = [];
  inTurn.addEventListener("click", () => {
    dialog.close();
    reviewInTurn(undecided);
  });
  const search = async () => {
    lastWords = box.value.trim();
    if (!lastWords) {
      return;
    }
    inTurn.hidden = true;
    choice.show([]);
    await result.fill(async () => {
      const answer = await postJson("/api/search", { q: lastWords });
      undecided = undecidedOf(answer.matches);
      inTurn.hidden = !undecided.length;
      inTurn.textContent = `Review ${count(undecided.length, "undecided comment")} in turn`;
      const found = answer.matches.map((/** @type {Match} */ match) => ({
        match,
        row: foundRow(dialog, open, match.comment_id, match.excerpt, "", match.marks),
      }));
      choice.show(found);
      return { total: answer.count, rows: found.map(rowOf) };
    });
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void search();
  });
  box.focus();
  box.select();
  if (lastWords) {
    void search();
  }
}

/**
 * @param {{row: HTMLElement}} found
 * @returns {HTMLElement}
 */
function rowOf(found) {
  return found.row;
}

/**
 * @param {Match[]} matches
 * @returns {string[]} ids, as many as come in turn
 */
function undecidedOf(matches) {
  const ids = matches.filter((match) => !match.decided).map((match) => match.comment_id);
  return ids.slice(0, MOST_IN_TURN);
}
