/** Finding comments: among one's own decisions, and by what was said of them. */

import { getJson, postJson } from "./api.js";
import { openDialog } from "./dialogs.js";
import { make } from "./elements.js";
import { foundRow, results } from "./found.js";

/**
 * @typedef {import("./types.js").Theme} Theme
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
 * @param {string} id
 * @param {Iterable<string[]>} choices
 * @returns {HTMLSelectElement}
 */
function select(id, choices) {
  const options = [...choices].map(([value, name]) => make("option", { value }, name));
  return /** @type {HTMLSelectElement} */ (make("select", { id }, ...options));
}
