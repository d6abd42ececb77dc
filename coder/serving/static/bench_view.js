/** Draws the workbench: the list of groups, and the group chosen with its comments. */

import { byId, make } from "./elements.js";
import { showText } from "./marked_text.js";

export const REST = "-"; // stands for the comments without a theme
const SECTIONS = [
  ["theme", "Themes", "■"],
  ["open", "To decide", "□"],
  ["later", "Put off", "…"],
  ["dropped", "Dropped", "×"],
];

/**
 * @typedef {{id: string, name: string, standing: string, size: number, stability: number | null,
 *   depth: number}} Line
 */

/**
 * @param {number} number
 * @param {string} noun
 */
export function countOf(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

/** The elements of the page. */
export class BenchView {
  /**
   * @param {{select: (id: string) => void, act: (name: string) => void, merge: (id: string) => void,
   *   example: (id: string) => void}} actions
   */
  constructor(actions) {
    this.actions = actions;
    /** @type {Set<string>} ids of the comments that are marked */
    this.marked = new Set();
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
  }

  /**
   * @param {any} board
   * @param {string} selected
   */
  showBoard(board, selected) {
    byId("bench").hidden = false;
    byId("into").textContent = `into ${board.into} · ${board.by} · every step is saved`;
    const share = Math.round((100 * board.left) / Math.max(1, board.comments));
    byId("progress").textContent =
      `${countOf(board.themes, "theme")} · ${board.open} to decide · ` +
      `${board.left} of ${board.comments} comments (${share}%) without a theme`;
    for (const id of ["undo", "redo", "write"]) {
      /** @type {HTMLButtonElement} */ (byId(id)).disabled = false;
    }
    const parts = [];
    for (const [standing, title, sign] of SECTIONS) {
      const own = board.groups.filter((/** @type {Line} */ one) => one.standing === standing);
      if (own.length) {
        parts.push(make("h2", {}, `${title}: ${own.length}`));
        parts.push(make("ul", {}, ...own.map((/** @type {Line} */ one) => this.line(one, sign, selected))));
      }
    }
    const rest = { id: REST, name: "Comments without a theme", size: board.left, stability: null, depth: 0, standing: "" };
    parts.push(make("h2", {}, "Left over"), make("ul", {}, this.line(rest, "○", selected)));
    const list = byId("groups");
    const hadFocus = list.contains(document.activeElement);
    const top = list.scrollTop;
    list.replaceChildren(...parts);
    list.scrollTop = top;
    const current = /** @type {HTMLElement | null} */ (list.querySelector("[aria-current]"));
    current?.scrollIntoView({ block: "nearest" });
    if (hadFocus) {
      current?.focus();
    }
  }

  /**
   * @param {Line} group
   * @param {string} sign
   * @param {string} selected
   */
  line(group, sign, selected) {
    const stability = group.stability === null ? "" : ` · ${group.stability.toFixed(2)}`;
    const button = make(
      `button.group-line.depth-${Math.min(group.depth, 3)}`,
      {
        type: "button",
        "aria-current": group.id === selected ? "true" : null,
        onclick: () => this.actions.select(group.id),
      },
      make("span.sign", { "aria-hidden": "true" }, sign),
      make("span", { dir: "auto" }, group.name),
      make("span.size", {}, `${group.size}${stability}`),
    );
    return make("li", {}, button);
  }

  /** @param {any} group */
  showGroup(group) {
    this.marked.clear();
    byId("group-name").textContent = group.name;
    const facts = [countOf(group.size, "comment")];
    if (group.stability !== null && group.stability !== undefined) {
      facts.push(`stability ${group.stability.toFixed(2)}`);
    }
    facts.push(...(group.marks || []));
    if (group.keywords?.length) {
      facts.push(`words: ${group.keywords.join(", ")}`);
    }
    if (group.parts?.length) {
      facts.push(`sub-groups: ${group.parts.join(", ")}`);
    }
    byId("group-facts").textContent = facts.join(" · ");
    byId("group-definition").textContent = group.definition || "";
    byId("group-definition").hidden = !group.definition;
    this.showActions(group);
    this.showNear(group.near || []);
    byId("comments").replaceChildren();
    this.addComments(group);
  }

  /** @param {any} group */
  showActions(group) {
    const isRest = group.id === REST;
    const names = isRest
      ? []
      : [
          ["theme", "Make it a theme", "Enter", group.standing !== "theme"],
          ["rename", "Rename", "r", true],
          ["merge", "Merge with …", "g", true],
          ["split", "Split", "s", true],
          ["nest", "Put under …", "n", group.standing === "theme"],
          ["describe", "Describe", "c", true],
          ["later", "Put off", "p", group.standing !== "later"],
          ["dropped", "Drop", "d", group.standing !== "dropped"],
          ["open", "Decide again", "o", group.standing !== "open"],
        ];
    const shown = names.filter(([, , , isShown]) => isShown);
    byId("group-actions").replaceChildren(
      ...shown.map(([name, label, key]) => this.button(String(name), String(label), String(key))),
    );
    byId("comment-actions").replaceChildren(
      this.button("move", "Move marked to …", "t"),
      this.button("split", "Marked into a new group", ""),
    );
  }

  /**
   * @param {string} name
   * @param {string} label
   * @param {string} key
   */
  button(name, label, key) {
    const kind = name === "theme" ? "button.button-main" : "button.button";
    const hint = key && make("kbd", { "aria-hidden": "true" }, key);
    return make(kind, { type: "button", onclick: () => this.actions.act(name) }, hint, label);
  }

  /** @param {Line[]} near */
  showNear(near) {
    const buttons = near.map((group, place) =>
      make(
        "button.button",
        { type: "button", onclick: () => this.actions.merge(group.id), "aria-label": `Merge with ${group.name}` },
        make("kbd", { "aria-hidden": "true" }, String(place + 1)),
        make("span", { dir: "auto" }, group.name),
      ),
    );
    const part = buttons.length
      ? make("details", {}, make("summary", {}, "Merge with one that is like it"), make("div.row", {}, ...buttons))
      : "";
    byId("near").replaceChildren(part);
  }

  /** @param {any} group - `comments` holds the next ones */
  addComments(group) {
    const list = byId("comments");
    list.append(...group.comments.map((/** @type {any} */ one) => this.comment(one, group.id)));
    byId("comments-title").textContent = `${countOf(group.size, "comment")}, the most typical first`;
    byId("more").hidden = list.children.length >= group.size;
  }

  /**
   * @param {any} comment
   * @param {string} groupId
   */
  comment(comment, groupId) {
    const box = /** @type {HTMLInputElement} */ (
      make("input", { type: "checkbox", "aria-label": `Mark comment ${comment.id}` })
    );
    box.addEventListener("change", () => {
      if (box.checked) {
        this.marked.add(comment.id);
      } else {
        this.marked.delete(comment.id);
      }
    });
    const text = make("p", { dir: "auto", tabindex: "0" });
    const telling = comment.telling;
    showText(text, comment.text, telling ? [{ start: telling[0], end: telling[1], kind: "" }] : []);
    const example =
      groupId !== REST &&
      make(
        "button.button-plain",
        { type: "button", "aria-pressed": String(comment.example), onclick: () => this.actions.example(comment.id) },
        comment.example ? "★ example" : "☆ example",
      );
    return make("li", {}, make("label", {}, box), text, example);
  }

  /**
   * @param {{label: string, act: () => void}[]} choices
   */
  showChoices(choices) {
    byId("choices").hidden = !choices.length;
    const buttons = choices.map(({ label, act }) => make("button.button", { type: "button", onclick: act }, label));
    byId("choices").replaceChildren(...buttons);
  }
}
