/**
 * The comments that come next: some are fetched ahead, so that a minute without a connection
 * does not stop anybody.
 */

import { ApiError, postJson } from "./api.js";

/**
 * @typedef {import("./types.js").Card} Card
 * @typedef {import("./types.js").Progress} Progress
 * @typedef {{cards: Card[], progress: Progress, notes: string[],
 *   codebook_fingerprint: string}} Answer
 */

const FULL = 10; // comments; more are not claimed, since others wait for them
const LOW = 6; // from here on more are fetched
const MOST_NAMED = 50; // ids in one request
const FIRST_PAUSE = 1000; // milliseconds before the second try; doubled after each
const LONGEST_PAUSE = 15000;

/** The comments ahead. Events: `answer` with what the server sent, `change`. */
export class Hand extends EventTarget {
  /**
   * @param {() => string[]} alsoHeld - ids of further comments that must not be sent again
   */
  constructor(alsoHeld) {
    super();
    this._alsoHeld = alsoHeld;
    this._pause = FIRST_PAUSE;
    this._timer = 0;
    this._asking = false;
    /** @type {Card[]} */
    this.cards = [];
    /** Whether the server had nothing more when it was asked last. */
    this.isAtEnd = false;
    /** @type {ApiError | null} */
    this.error = null;
    window.addEventListener("online", () => void this.fill());
  }

  /**
   * The next comment, or nothing where the hand is empty.
   *
   * @returns {Card | undefined}
   */
  take() {
    const card = this.cards.shift();
    void this.fill();
    return card;
  }

  /**
   * Put a comment in front of the others.
   *
   * @param {Card} card
   */
  putFirst(card) {
    this.remove(card.comment_id);
    this.cards.unshift(card);
  }

  /** @param {string} commentId */
  remove(commentId) {
    this.cards = this.cards.filter((card) => card.comment_id !== commentId);
  }

  /** Drop what is ahead and fetch it anew: the codebook is another by now. */
  async renew() {
    this.cards = [];
    this.isAtEnd = false;
    await this.fill();
  }

  /** Fetch comments where few are left. */
  async fill() {
    if (this._asking || this.cards.length >= LOW) {
      return;
    }
    this._asking = true;
    clearTimeout(this._timer);
    try {
      const held = [...this.cards.map((card) => card.comment_id), ...this._alsoHeld()];
      const answer = await postJson("/api/hand", {
        n: FULL - this.cards.length,
        held: held.slice(0, MOST_NAMED),
      });
      this._take(answer, new Set([...held, ...this._alsoHeld()]));
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      this._tryLater(error);
    } finally {
      this._asking = false;
    }
    this.dispatchEvent(new Event("change"));
  }

  /**
   * @param {Answer} answer
   * @param {Set<string>} held
   */
  _take(answer, held) {
    const fresh = answer.cards.filter((card) => !held.has(card.comment_id));
    this.cards.push(...fresh);
    this.isAtEnd = fresh.length === 0;
    this.error = null;
    this._pause = FIRST_PAUSE;
    this.dispatchEvent(new CustomEvent("answer", { detail: answer }));
  }

  /** @param {ApiError} error */
  _tryLater(error) {
    this.error = error;
    if (error.isPassing) {
      this._timer = window.setTimeout(() => void this.fill(), this._pause);
      this._pause = Math.min(2 * this._pause, LONGEST_PAUSE);
    }
  }
}
