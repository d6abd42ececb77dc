/** Finding comments: by their words, among one's own decisions, and by what was said of them. */

import { getJson, postJson } from "./api.js";
import { writeText } from "./comment_text.js";
import { openDialog } from "./dialogs.js";
import { make } from "./elements.js";
import { sentenceOf } from "./session.js";
import { count } from "./words.js";

/**
 * @typedef {import("./types.js").Theme} Theme
 * @typedef {import("./types.js").Span} Span
 * @typedef {{comment_id: string, excerpt: string, marks?: Span[], decided: boolean}} Match
 * @typedef {{comment_id: string, excerpt: string, themes: string[], unsure: string[],
 *   note: string, decided_at: string, flagged: boolean}} Own
 * @typedef {{id: string, kind: string, comment_id: string, theme_id: string, text: string,
 *   about: string, reviewer: string, made_at: string, mine: boolean}} Remark
 */

const STATES = [
  ["", "All"],
  ["unsure", "Unsure about a theme"],
  ["note", "With a note"],
  ["flagged", "Flagged"],
  ["today", "Decided today"],
  ["changed", "Before the codebook was changed"],
  ["partly", "Some themes not judged"],
];

const MOST_IN_TURN = 20; // comments found that are reviewed one after another

/** What was searched for last: the search opens with it again. */
let lastWords = "";

/**
 * Search for comments by their words or their id.
 *
 * @param {(commentId: string) => void} open
 * @param {(commentIds: string[]) => void} reviewInTurn
 */
export function openSearch(open, reviewInTurn) {
  const box = input("search-words", "text"); // in a box of type search Escape does not close
  box.value = lastWords;
  const go = make("button.button-main", { type: "submit" }, "Search");
  const label = make("label", { for: "search-words" }, "Words, “an exact phrase” or an id");
  const form = make("form.stack", {}, make("div.field", {}, label, make("div.row.search-line", {}, box, go)));
  const result = results();
  const inTurn = make("button.button", { type: "button", hidden: true });
  const body = make("div.stack", {}, form, inTurn, result.element);
  const dialog = openDialog("Search", [body]);
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
    await result.fill(async () => {
      const answer = await postJson("/api/search", { q: lastWords });
      undecided = undecidedOf(answer.matches);
      inTurn.hidden = !undecided.length;
      inTurn.textContent = `Review ${count(undecided.length, "undecided comment")} in turn`;
      const rows = answer.matches.map((/** @type {Match} */ match) => {
        const fact = match.decided ? "decided" : "";
        return foundRow(dialog, open, match.comment_id, match.excerpt, fact, match.marks);
      });
      return { total: answer.count, rows };
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
 * @param {Match[]} matches
 * @returns {string[]} ids, as many as come in turn
 */
function undecidedOf(matches) {
  const ids = matches.filter((match) => !match.decided).map((match) => match.comment_id);
  return ids.slice(0, MOST_IN_TURN);
}

/**
 * The reviewer's own decisions.
 *
 * @param {Theme[]} themes
 * @param {(commentId: string) => void} open
 */
export function openMine(themes, open) {
  const names = new Map(themes.map((theme) => [theme.id, theme.short || theme.name]));
  const theme = select("mine-theme", [["", "All themes"], ...names]);
  const state = select("mine-state", STATES);
  const choices = make(
    "div.row",
    {},
    make("div.field", {}, make("label", { for: "mine-theme" }, "Theme"), theme),
    make("div.field", {}, make("label", { for: "mine-state" }, "Which"), state),
  );
  const result = results();
  const dialog = openDialog("My decisions", [make("div.stack", {}, choices, result.element)]);
  const list = () =>
    result.fill(async () => {
      const wanted = { theme: theme.value, state: state.value };
      const answer = await postJson("/api/mine", wanted);
      const rows = answer.decisions.map((/** @type {Own} */ own) =>
        foundRow(dialog, open, own.comment_id, own.excerpt, said(own, names)),
      );
      return { total: answer.count, rows };
    });
  theme.addEventListener("change", () => void list());
  state.addEventListener("change", () => void list());
  void list();
}

/**
 * Flags, proposals and the answers to them.
 *
 * @param {(commentId: string) => void} open
 */
export function openTalk(open) {
  const result = results("remark");
  const dialog = openDialog("Flags and answers", [result.element]);
  void result.fill(async () => {
    const remarks = await readRemarks();
    const rows = remarks
      .filter((remark) => remark.kind !== "answer")
      .map((remark) => remarkRow(dialog, open, remark, remarks));
    return { total: rows.length, rows };
  });
}

/** @returns {Promise<Remark[]>} */
export async function readRemarks() {
  const answer = await getJson("/api/remarks");
  return answer.remarks;
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {(commentId: string) => void} open
 * @param {Remark} remark
 * @param {Remark[]} remarks
 * @returns {HTMLElement}
 */
function remarkRow(dialog, open, remark, remarks) {
  const answers = remarks
    .filter((other) => other.kind === "answer" && other.about === remark.id)
    .map((answer) =>
      make("p.message.small", { dir: "auto" }, make("strong", {}, `${answer.reviewer}: `), answer.text),
    );
  const kind = remark.kind === "flag" ? "Flag" : "Proposed theme";
  const who = remark.mine ? kind : `${kind} by ${remark.reviewer}`;
  const row = foundRow(dialog, open, remark.comment_id, remark.text, who);
  row.append(...(answers.length ? answers : [make("p.small.quiet", {}, "No answer yet.")]));
  return row;
}

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
function foundRow(dialog, open, commentId, text, fact, spans = []) {
  const show = () => {
    dialog.close();
    open(commentId);
  };
  const head = make(
    "span.id",
    {},
    make("span", { dir: "auto" }, commentId),
    make("span", { dir: "auto" }, fact),
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
 * What a decision says, in a few words.
 *
 * @param {Own} own
 * @param {Map<string, string>} names
 * @returns {string}
 */
function said(own, names) {
  const themes = own.themes.map((id) => names.get(id) || id);
  const parts = [themes.join(", ") || "no theme"];
  if (own.unsure.length) {
    parts.push(`${own.unsure.length} unsure`);
  }
  if (own.note) {
    parts.push("note");
  }
  if (own.flagged) {
    parts.push("flagged");
  }
  return parts.join(" · ");
}

/**
 * A list that says how many there are, or why there is none.
 *
 * @param {string} noun - what is listed
 */
function results(noun = "comment") {
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

/**
 * @param {string} id
 * @param {string} type
 * @returns {HTMLInputElement}
 */
function input(id, type) {
  const attributes = { id, type, maxlength: 200, autocomplete: "off", spellcheck: "false" };
  return /** @type {HTMLInputElement} */ (make("input", attributes));
}

/**
 * @param {string} id
 * @param {Iterable<string[]>} choices
 * @returns {HTMLSelectElement}
 */
function select(id, choices) {
  const options = [...choices].map(([value, name]) => make("option", { value }, name));
  return /** @type {HTMLSelectElement} */ (make("select", { id }, ...options));
}
