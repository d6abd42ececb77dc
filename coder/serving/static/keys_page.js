/** The page of keys, and the switch that turns single keys off. */

import { make } from "./elements.js";

/** @typedef {import("./keys.js").Command} Command */

/**
 * @param {Command[]} commands
 * @param {boolean} isOn
 * @param {(isOn: boolean) => void} switchTo
 * @returns {HTMLElement}
 */
export function keysPage(commands, isOn, switchTo) {
  const box = /** @type {HTMLInputElement} */ (make("input", { type: "checkbox" }));
  box.checked = isOn;
  box.addEventListener("change", () => switchTo(box.checked));
  const groups = [...new Set(commands.map((command) => command.group))];
  return make(
    "div.stack",
    {},
    make("label.choice", {}, box, "Single keys are shortcuts"),
    make(
      "p.quiet.small",
      {},
      "Switch them off if you speak to the computer or hit keys by accident. Ctrl Enter saves, " +
        "Ctrl Z undoes, Ctrl Y does again and F1 shows this page in any case; every box and " +
        "button can be reached with Tab.",
    ),
    make(
      "p",
      {},
      "A theme's key stands beside it: it ticks the theme, or marks the words that are selected. " +
        "A to E tick the positions of the theme used last; 0 unticks everything.",
    ),
    ...groups.flatMap((group) => [
      make("h3", {}, group),
      table(commands.filter((command) => command.group === group && command.shown)),
    ]),
  );
}

/**
 * @param {Command[]} commands
 * @returns {HTMLElement}
 */
function table(commands) {
  const lines = commands.flatMap((command) => [
    make("dt", {}, ...command.shown.split(" ").map((key) => make("kbd", {}, key))),
    make("dd", {}, command.says),
  ]);
  return make("dl.keys-table", {}, ...lines);
}
