/** The line that says what is saved and what is not: always in sight, always in words. */

import { announce } from "./announce.js";
import { openDialog } from "./dialogs.js";
import { byId, make } from "./elements.js";
import { clock, count } from "./words.js";

/**
 * @typedef {import("./outbox.js").Outbox} Outbox
 * @typedef {import("./outbox.js").Item} Item
 */

/** @type {{[path: string]: string}} */
const KINDS = {
  "/api/decisions": "decision",
  "/api/listed": "answer",
  "/api/undo": "taken back",
  "/api/withdraw": "withdrawn",
  "/api/skip": "skipped",
  "/api/remarks": "flag or proposal",
};

/** Keeps the line up to date. */
export class SavedState {
  /**
   * @param {Outbox} outbox
   * @param {{openRefused: (item: Item) => void}} actions
   */
  constructor(outbox, actions) {
    this._outbox = outbox;
    this._actions = actions;
    this._line = byId("saved-state");
    this._button = byId("waiting-button");
    /** @type {Date | null} */
    this._savedAt = null;
    this._wasWaiting = false;
    outbox.addEventListener("change", () => this.draw());
    setInterval(() => this.draw(), 1000); // the seconds until the next try
    window.addEventListener("beforeunload", (event) => this._warn(event));
    this.draw();
  }

  /** @param {Date} moment */
  saved(moment) {
    this._savedAt = moment;
    announce("Saved.");
    this.draw();
  }

  draw() {
    const { state, waiting, refused } = this._outbox;
    const isWaiting = state === "waiting" || state === "shut out";
    if (isWaiting && !this._wasWaiting) {
      announce(this._words());
    }
    this._wasWaiting = isWaiting;
    this._line.classList.toggle("is-waiting", isWaiting);
    this._line.classList.toggle("is-refused", refused.length > 0);
    this._line.classList.toggle("is-saved", !waiting.length && this._savedAt !== null);
    const words = this._words();
    if (this._line.textContent !== words) {
      this._line.textContent = words;
    }
    this._button.hidden = !isWaiting && !refused.length;
  }

  /** @returns {string} */
  _words() {
    const { state, waiting, refused, nextTry, problem } = this._outbox;
    const number = waiting.length;
    if (state === "shut out") {
      return `${number} waiting: your link is no longer valid here`;
    }
    if (state === "waiting") {
      const seconds = Math.max(0, Math.ceil((nextTry - Date.now()) / 1000));
      const next = seconds ? `, next try in ${seconds} s` : "";
      return `${number} waiting: ${problem}${next}`;
    }
    if (refused.length) {
      return `${refused.length} not taken by the server`;
    }
    if (number) {
      return number > 1 ? `Saving ${number} …` : "Saving …";
    }
    return this._savedAt ? `Saved ${clock(this._savedAt)}` : "Nothing to save yet";
  }

  /** Say what waits, and what can be done about it. */
  openWaiting() {
    const { state, waiting, refused, isKept } = this._outbox;
    const body = make("div.stack");
    if (state === "shut out") {
      body.append(
        make(
          "p.message.message-alarm",
          {},
          "Your link has expired, was withdrawn, or another person's link was opened in this " +
            "browser since. Ask the lead for a new link and open it here; then load this page " +
            "again. What waits is kept and sent then.",
        ),
      );
    } else if (waiting.length) {
      body.append(make("p", {}, "It is tried again by itself; nothing has to be done."));
    }
    body.append(
      make(
        "p.quiet",
        {},
        isKept
          ? "What waits is kept in this browser, also when the page is closed: ids, ticks, marked " +
              "places and what you wrote, never a comment's text."
          : "This browser keeps nothing when a page is closed: leave the page open until " +
              "everything is saved.",
      ),
    );
    const lines = waiting.map((item) => make("li", { dir: "auto" }, lineOf(item)));
    body.append(make("ul", {}, ...lines));
    const again = make("button.button-main", { type: "button" }, "Try now");
    const dialog = openDialog("What waits", [body], { foot: [again] });
    again.addEventListener("click", () => {
      dialog.close();
      if (state === "shut out") {
        window.location.reload();
      } else {
        this._outbox.sendNow();
      }
    });
    if (refused.length) {
      body.append(make("h3", {}, "Not taken"), make("ul.found", {}, ...this._refused(dialog)));
    }
  }

  /**
   * @param {HTMLDialogElement} dialog
   * @returns {HTMLElement[]}
   */
  _refused(dialog) {
    return this._outbox.refused.map((item) => {
      const open = () => {
        dialog.close();
        this._actions.openRefused(item);
      };
      const discard = () => {
        this._outbox.discard(item);
        dialog.close();
      };
      return make(
        "li.stack",
        {},
        make("p", { dir: "auto" }, `${lineOf(item)}: ${item.refused}`),
        make(
          "div.row",
          {},
          make("button.button", { type: "button", onclick: open }, "Open the comment"),
          make("button.button-alarm", { type: "button", onclick: discard }, "Discard"),
        ),
      );
    });
  }

  /** @param {BeforeUnloadEvent} event */
  _warn(event) {
    if (this._outbox.waiting.length) {
      event.preventDefault();
    }
  }
}

/**
 * @param {Item} item
 * @returns {string}
 */
function lineOf(item) {
  const written = item.path === "/api/remarks" ? `: ${item.body.text}` : "";
  const about = item.commentIds ? count(item.commentIds.length, "comment") : item.commentId;
  return `${about}: ${KINDS[item.path] || ""}${written}${answerOf(item)}`;
}

/**
 * @param {Item} item
 * @returns {string} to which theme an answer is
 */
function answerOf(item) {
  if (item.path !== "/api/listed") {
    return "";
  }
  return ` ${item.body.present ? "yes" : "no"} to ${item.body.theme_id}`;
}
