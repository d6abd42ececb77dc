/** Sheets that are only read, or choose from: about a comment, and what a narrow page has no room for. */

import { shownText } from "./comment_text.js";
import { openDialog } from "./dialogs.js";
import { make } from "./elements.js";

/**
 * @typedef {import("./types.js").Card} Card
 * @typedef {import("./keys.js").Command} Command
 */

/**
 * Who wrote a comment, and why it was chosen.
 *
 * @param {Card} card
 */
export function openDetails(card) {
  const facts = card.attributes.flatMap(([name, value]) => [
    make("dt.quiet", { dir: "auto" }, name),
    make("dd", { dir: "auto" }, shownText(value)),
  ]);
  const reason = card.reason && make("p", { dir: "auto" }, card.reason);
  const list = make("dl.facts", {}, ...facts);
  const body = reason ? [reason, list] : [list];
  openDialog(card.comment_id, body, { isSheet: true });
}

/**
 * The commands that have no button on a narrow page.
 *
 * @param {Command[]} commands
 */
export function openMore(commands) {
  const names = ["search", "mine", "talk", "propose", "redo", "forward", "help"];
  const dialog = openDialog("More", [], { isSheet: true });
  const rows = names.map((name) => {
    const command = /** @type {Command} */ (commands.find((each) => each.name === name));
    const run = () => {
      dialog.close();
      command.run();
    };
    return make("li", {}, make("button", { type: "button", onclick: run }, command.says));
  });
  dialog.querySelector(".dialog-body")?.append(make("ul.found", {}, ...rows));
}
