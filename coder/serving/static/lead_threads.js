/** Flags and proposals with their answers; a form in which somebody types stays as it is. */

import { announce } from "./announce.js";
import { ApiError } from "./api.js";
import { byId, make } from "./elements.js";
import { momentOf } from "./figures.js";

/** The list of them. */
export class Threads {
  /**
   * @param {(about: string, text: string) => Promise<any>} send
   * @param {(commentId: string) => void} showComment
   */
  constructor(send, showComment) {
    this.send = send;
    this.showComment = showComment;
    /** @type {Map<string, HTMLElement>} by id */
    this.elements = new Map();
  }

  /** @param {any[]} threads */
  show(threads) {
    byId("no-threads").hidden = threads.length > 0;
    const list = byId("threads");
    const known = new Set(threads.map((one) => one.id));
    for (const [id, element] of this.elements) {
      if (!known.has(id) && !isTyping(element)) {
        element.remove();
        this.elements.delete(id);
      }
    }
    for (const thread of threads) {
      const element = this.elements.get(thread.id) || this.add(thread, list);
      this.update(element, thread);
    }
  }

  /**
   * @param {any} thread
   * @param {HTMLElement} list
   */
  add(thread, list) {
    const isFlag = thread.kind === "flag";
    const title = isFlag ? `${thread.reviewer} asks` : `${thread.reviewer} proposes: ${thread.name}`;
    const about = thread.theme ? `${thread.theme}, ${momentOf(thread.made_at)}` : momentOf(thread.made_at);
    const open = make("button.button-plain", { type: "button", onclick: () => this.showComment(thread.comment_id) }, `Comment ${thread.comment_id}`);
    const box = /** @type {HTMLTextAreaElement} */ (
      make("textarea", { id: `answer-${thread.id}`, rows: 2, maxlength: 2000, required: true })
    );
    const form = make(
      "form",
      { onsubmit: (/** @type {Event} */ event) => this.answer(event, thread.id, box) },
      make("div.field", {}, make("label", { for: box.id }, "Your answer"), box),
      make("button.button", { type: "submit" }, "Answer"),
    );
    const element = make(
      "article.thread",
      {},
      make("div.row.spread", {}, make("h3", { dir: "auto" }, title), make("span.chip", {})),
      make("p", { dir: "auto" }, thread.text),
      make("div.row", {}, make("span.quiet.small", {}, about), open),
      make("div.answers", {}),
      make("details", { open: thread.is_open }, make("summary", {}, "Answer"), form),
    );
    this.elements.set(thread.id, element);
    list.append(element);
    return element;
  }

  /**
   * @param {HTMLElement} element
   * @param {any} thread
   */
  update(element, thread) {
    const state = JSON.stringify([thread.answers, thread.is_open]);
    if (element.dataset.state === state) {
      return;
    }
    element.dataset.state = state;
    const chip = element.querySelector(".chip");
    chip?.replaceChildren(thread.is_open ? "open" : "answered");
    const answers = thread.answers.map((/** @type {any} */ one) =>
      make("p.said", { dir: "auto" }, make("strong", {}, `${one.reviewer}, ${momentOf(one.made_at)}: `), one.text),
    );
    element.querySelector(".answers")?.replaceChildren(...answers);
  }

  /**
   * @param {Event} event
   * @param {string} about
   * @param {HTMLTextAreaElement} box
   */
  async answer(event, about, box) {
    event.preventDefault();
    const text = box.value.trim();
    if (!text) {
      return;
    }
    try {
      await this.send(about, text);
      box.value = "";
      announce("answered");
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      announce(`not sent: ${error.problem}`); // it stays in the box
    }
  }
}

/** @param {HTMLElement} element */
function isTyping(element) {
  const box = element.querySelector("textarea");
  return Boolean(box?.value) || element.contains(document.activeElement);
}
