/** All that the codebook says about a theme, with what can be done with it. */

import { shownText } from "./comment_text.js";
import { make, own } from "./elements.js";

/**
 * @typedef {import("./types.js").Theme} Theme
 * @typedef {import("./types.js").Draft} Draft
 * @typedef {import("./types.js").Span} Span
 */

/**
 * @param {Theme} theme
 * @param {{draft: Draft, text: string, toggleUnsure: () => void, markWords: () => void,
 *   removeMark: (span: Span) => void}} [comment] - the one in front
 * @returns {HTMLElement}
 */
export function themeCard(theme, comment) {
  return make(
    "div.theme-card",
    {},
    make("h3", { dir: "auto" }, theme.name),
    make("p", { dir: "auto" }, theme.definition || "No definition is written."),
    comment && tools(theme, comment),
    comment && markedWords(theme, comment),
    ...list("Includes", theme.includes),
    ...list("Excludes", theme.excludes),
    ...theme.positions.flatMap(positionPart),
    ...list("Examples", theme.examples),
    ...list("Counter-examples", theme.counter_examples),
  );
}

/**
 * @param {Theme} theme
 * @param {{draft: Draft, toggleUnsure: () => void, markWords: () => void}} comment
 * @returns {HTMLElement}
 */
function tools(theme, comment) {
  const pressed = String(comment.draft.unsure.includes(theme.id));
  const unsure = make(
    "button.button.unsure-button",
    { type: "button", "aria-pressed": pressed },
    "Unsure ",
    make("kbd", {}, "u"),
  );
  unsure.addEventListener("click", () => {
    const isPressed = unsure.getAttribute("aria-pressed") === "true";
    unsure.setAttribute("aria-pressed", String(!isPressed)); // in a sheet nothing is drawn anew
    comment.toggleUnsure();
  });
  return make(
    "div.row",
    {},
    unsure,
    make(
      "button.button",
      { type: "button", onclick: comment.markWords },
      "Mark words ",
      make("kbd", {}, "w"),
    ),
  );
}

/**
 * @param {Theme} theme
 * @param {{draft: Draft, text: string, removeMark: (span: Span) => void}} comment
 * @returns {HTMLElement | null}
 */
function markedWords(theme, comment) {
  const spans = own(comment.draft.evidence, theme.id) || [];
  if (!spans.length) {
    return null;
  }
  const lines = spans.map((span) => {
    const words = shownText(comment.text).slice(span[0], span[1]);
    const label = `Remove the mark on ${words.slice(0, 80)}`;
    const remove = { type: "button", "aria-label": label, onclick: () => comment.removeMark(span) };
    return make(
      "li.marked-words",
      {},
      make("span", { dir: "auto" }, `“${words}”`),
      make("button.button-plain", remove, "Remove"),
    );
  });
  return make("div", {}, make("h4", {}, "Words marked by you"), make("ul", {}, ...lines));
}

/**
 * @param {string} title
 * @param {string[]} items
 * @returns {HTMLElement[]}
 */
function list(title, items) {
  if (!items.length) {
    return [];
  }
  const lines = items.map((item) => make("li", { dir: "auto" }, item));
  return [make("h4", {}, title), make("ul", {}, ...lines)];
}

/**
 * @param {import("./types.js").Position} position
 * @returns {HTMLElement[]}
 */
function positionPart(position) {
  const title = make("h4", { dir: "auto" }, `Position: ${position.name}`);
  const words = position.definition && make("p", { dir: "auto" }, position.definition);
  return words ? [title, words] : [title];
}
