/** What the review page can do, with its keys: for the keyboard, the buttons and the page of keys. */

import { byId } from "./elements.js";
import { openMine } from "./finding.js";
import { openFlag, openNote, openProposal } from "./remarks.js";
import { openSearch } from "./search_sheet.js";
import { openDetails, openMore } from "./sheets.js";

/**
 * @typedef {import("./keys.js").Command} Command
 * @typedef {import("./review.js").ReviewPage} ReviewPage
 */

/**
 * @param {ReviewPage} page
 * @returns {Command[]}
 */
export function commandTable(page) {
  const { session } = page;
  const say = (/** @type {string} */ sentence) => page.say(sentence);
  const open = (/** @type {string} */ commentId) => page.open(commentId);
  const flag = () => openFlag(session, page.list.current, say);
  const search = () => openSearch(session, open, (ids) => void session.reviewInTurn(ids));
  const mine = () => openMine(session.codebook.themes, open);
  const details = () => session.card && openDetails(session.card);
  /** @type {(group: string, rows: [string, string[], string, string, () => void][]) => Command[]} */
  const group = (name, rows) =>
    rows.map(([command, keys, shown, says, run]) => ({
      name: command,
      keys,
      shown,
      says,
      group: name,
      run,
    }));
  return [
    ...group("Deciding and moving", [
      ["save", ["Enter"], "Enter", "Save, and go to the next comment", () => page.save()],
      ["skip", ["s"], "s", "Skip; the comment comes back at the end", () => session.skip()],
      ["back", ["b", "ArrowLeft"], "b ←", "Back to the comment before", () => session.goBack()],
      ["forward", ["f", "ArrowRight"], "f →", "Forward", () => page.forward()],
      ["undo", ["z"], "z", "Undo the last tick or decision", () => session.undo()],
      ["redo", ["Z"], "Z", "Do again what was undone", () => session.redo()],
      ["withdraw", ["x"], "x", "Withdraw your decision on this comment", () => session.withdraw()],
      ["copies", ["c"], "c", "Choose which copies the decision is for", () => page.copies()],
    ]),
    ...group("Themes", [
      ["down", ["j", "ArrowDown"], "j ↓", "Down the list", () => page.list.move(1)],
      ["up", ["k", "ArrowUp"], "k ↑", "Up the list", () => page.list.move(-1)],
      ["add", ["a", "+"], "a +", "Find a theme by its name", () => page.filter.focus()],
      ["position", ["p"], "p", "Step through the positions", () => page.nextPosition()],
      ["unsure", ["u"], "u", "Unsure about this theme", () => page.unsure()],
      ["allUnsure", ["U"], "U", "Unsure about the whole comment", () => page.allUnsure()],
      ["define", ["d"], "d", "Definition of the theme", () => page.about(page.list.current)],
    ]),
    ...group("The comment", [
      ["mark", ["w"], "w", "Mark words: arrows, then a theme's key", () => page.beginMarking()],
      ["note", ["n"], "n", "Write a note", () => openNote(session)],
      ["flag", ["F"], "F", "Flag it for discussion", flag],
      ["details", ["i"], "i", "Who wrote it, why it was chosen", details],
      ["evidence", ["e"], "e", "Go to the next marked passage", () => page.nextEvidence()],
    ]),
    ...group("Finding", [
      ["search", ["/"], "/", "Search for comments", search],
      ["mine", ["v"], "v", "My decisions", mine],
      ["talk", ["Q"], "Q", "Flags and answers", () => page.talk()],
      ["propose", ["P"], "P", "Propose a theme", () => openProposal(session, say)],
    ]),
    ...group("The page", [
      ["look", ["l"], "l", "Light or dark", () => byId("look-switch").click()],
      ["help", ["?"], "? F1", "Keys", () => page.help()],
      ["more", [], "", "", () => openMore(page.commands)],
      ["waiting", [], "", "", () => page.saved.openWaiting()],
    ]),
  ];
}
