/**
 * What is on its way to the server: sent in order, each once, kept until the server has it.
 *
 * An item is written to the browser's storage before the page goes on, and removed when the
 * server says that it is saved. It holds ids, ticks, marked places and the note, never a
 * comment's text. An item that is sent twice is stored once, because it keeps its number.
 */

import { ApiError, postJson } from "./api.js";

/**
 * @typedef {{order: string, path: string, commentId: string, body: any, refused?: string,
 *   commentIds?: string[]}} Item - `commentIds`: where it is about several
 * @typedef {"idle" | "sending" | "waiting" | "shut out"} OutboxState
 */

const FIRST_PAUSE = 1000; // milliseconds before the second try; doubled after each
const LONGEST_PAUSE = 15000;
const FAULT = 500; // of the server, by this very item perhaps: the others must not wait for ever
const MOST_FAULTS = 5;

/** @returns {string} 32 random hex digits */
export function newRequest() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The comments that an item is about.
 *
 * @param {Item} item
 * @returns {string[]}
 */
export function commentsOf(item) {
  return item.commentIds || [item.commentId];
}

/** The queue. Events: `change`, and `answer` with `{item, answer}` or `{item, error}`. */
export class Outbox extends EventTarget {
  /**
   * @param {string} place - of this reviewer and codebook in the browser's storage
   */
  constructor(place) {
    super();
    this._prefix = `coder.waiting.${place}.`;
    this._pause = FIRST_PAUSE;
    this._timer = 0;
    this._last = 0;
    /** Whether the browser keeps what waits when the page is closed. */
    this.isKept = true;
    /** @type {OutboxState} */
    this.state = "idle";
    /** When the next try is, in milliseconds since 1970. */
    this.nextTry = 0;
    /** Why the last try failed. */
    this.problem = "";
    this._faults = 0;
    /** @type {Item[]} */
    this.items = this._stored();
    window.addEventListener("online", () => this.sendNow());
    window.addEventListener("offline", () => this._changed());
  }

  /** What waits to be sent. */
  get waiting() {
    return this.items.filter((item) => !item.refused);
  }

  /** What the server did not take. */
  get refused() {
    return this.items.filter((item) => item.refused);
  }

  /**
   * Whether a comment's decision waits.
   *
   * @param {string} commentId
   * @returns {boolean}
   */
  holds(commentId) {
    return this.waiting.some((item) => commentsOf(item).includes(commentId));
  }

  /**
   * Send something after everything that waits.
   *
   * @param {string} path
   * @param {string} commentId - of the comment that it is about
   * @param {object} body
   * @param {string[]} [commentIds] - where it is about several
   */
  add(path, commentId, body, commentIds) {
    this._last = Math.max(Date.now(), this._last + 1);
    const time = String(this._last).padStart(16, "0");
    const order = `${time}.${newRequest()}`; // two windows never take the same place
    /** @type {Item} */
    const item = { order, path, commentId, body };
    if (commentIds) {
      item.commentIds = commentIds;
    }
    this.items.push(item);
    this._keep(item);
    this.sendNow();
  }

  /**
   * Remove something that the server did not take.
   *
   * @param {Item} item
   */
  discard(item) {
    this._forget(item);
    this._changed();
  }

  /** Try at once. */
  sendNow() {
    if (this.state === "sending" || this.state === "shut out") {
      return;
    }
    clearTimeout(this._timer);
    void this._send();
  }

  async _send() {
    while (this.waiting.length) {
      const item = this.waiting[0];
      this._become("sending");
      try {
        const answer = await postJson(item.path, item.body);
        this._pause = FIRST_PAUSE;
        this._faults = 0;
        this._forget(item);
        this._tell({ item, answer });
      } catch (error) {
        if (!(error instanceof ApiError)) {
          throw error;
        }
        if (!this._goesOnAfter(item, error)) {
          return;
        }
      }
    }
    this._become("idle");
  }

  /**
   * @param {Item} item
   * @param {ApiError} error
   * @returns {boolean} whether the next item can be sent
   */
  _goesOnAfter(item, error) {
    this.problem = error.status ? error.problem : "no connection";
    if (error.isShutOut) {
      this._become("shut out");
      return false;
    }
    this._faults += error.status === FAULT ? 1 : 0;
    if (error.isPassing && this._faults < MOST_FAULTS) {
      this.nextTry = Date.now() + this._pause;
      this._timer = window.setTimeout(() => this.sendNow(), this._pause);
      this._pause = Math.min(2 * this._pause, LONGEST_PAUSE);
      this._become("waiting");
      return false;
    }
    this._faults = 0;
    item.refused = error.next ? `${error.problem}. ${error.next}` : error.problem;
    this._keep(item);
    this._tell({ item, error });
    return true;
  }

  /** @param {OutboxState} state */
  _become(state) {
    this.state = state;
    this._changed();
  }

  _changed() {
    this.dispatchEvent(new Event("change"));
  }

  /** @param {object} detail */
  _tell(detail) {
    this.dispatchEvent(new CustomEvent("answer", { detail }));
  }

  // ------------------------------------------------------------ the browser's storage

  /** @returns {Item[]} */
  _stored() {
    const items = [];
    try {
      for (const key of Object.keys(localStorage)) {
        if (key.startsWith(this._prefix)) {
          items.push(JSON.parse(localStorage.getItem(key) || ""));
        }
      }
    } catch {
      this.isKept = false;
    }
    items.sort((one, other) => (one.order < other.order ? -1 : 1));
    return items;
  }

  /** @param {Item} item */
  _keep(item) {
    try {
      localStorage.setItem(this._keyOf(item), JSON.stringify(item));
    } catch {
      this.isKept = false; // switched off or full: what waits is only in the page
    }
  }

  /** @param {Item} item */
  _forget(item) {
    this.items = this.items.filter((other) => other !== item);
    try {
      localStorage.removeItem(this._keyOf(item));
    } catch {
      this.isKept = false;
    }
  }

  /**
   * @param {Item} item
   * @returns {string}
   */
  _keyOf(item) {
    return this._prefix + item.order;
  }
}
