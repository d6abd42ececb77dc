/**
 * One reviewer's way through the comments, without drawing anything: what is in front, what is
 * ticked, saved, undone. The page draws anew at every `change`.
 */

import { ApiError, getJson, postJson } from "./api.js";
import * as drafts from "./draft.js";
import { Hand } from "./hand.js";
import { History } from "./history.js";
import { giveAnswer, takeAnswerBack } from "./listed.js";
import { commentsOf, newRequest, Outbox } from "./outbox.js";

/**
 * @typedef {import("./types.js").Card} Card
 * @typedef {import("./types.js").Codebook} Codebook
 * @typedef {import("./types.js").Draft} Draft
 * @typedef {import("./types.js").Progress} Progress
 * @typedef {import("./types.js").Theme} Theme
 * @typedef {import("./history.js").Action} Action
 * @typedef {import("./outbox.js").Item} Item
 */

const CHANGED = 409; // text or codebook are others by now

/**
 * The session. Events: `change`, `move` (another comment is in front), `say` with a sentence,
 * `saved` with the time.
 */
export class Session extends EventTarget {
  /**
   * @param {Codebook} codebook
   * @param {Outbox} outbox
   */
  constructor(codebook, outbox) {
    super();
    this.codebook = codebook;
    this.outbox = outbox;
    this.history = new History();
    this.hand = new Hand(() => this._held());
    /** @type {Progress | null} */
    this.progress = null;
    /** @type {Map<string, Card>} */
    this._cards = new Map();
    /** @type {Map<string, Draft>} - of comments that were changed */
    this._drafts = new Map();
    /** @type {Map<string, Draft>} - what is decided, sent or on its way */
    this._decided = new Map();
    /** @type {Map<string, import("./listed.js").Kept>} - by request, what was before an answer */
    this._listed = new Map();
    /** @type {Set<string>} - what the server remarked, each said once */
    this._told = new Set();
    /** @type {string[]} - ids of the comments that were in front, in order */
    this._path = [];
    this._place = -1;
    this.hand.addEventListener("answer", (event) => this._hear(detailOf(event)));
    this.hand.addEventListener("change", () => this._handChanged());
    outbox.addEventListener("answer", (event) => this._answered(detailOf(event)));
  }

  /** The comment in front. @returns {Card | null} */
  get card() {
    return this._cards.get(this._path[this._place]) || null;
  }

  /** What is ticked now. @returns {Draft | null} */
  get draft() {
    const card = this.card;
    return card && (this._drafts.get(card.comment_id) || this._opening(card));
  }

  /** Whether the comment in front is decided and nothing was changed since. */
  get isSaved() {
    const card = this.card;
    const decided = card && this._decided.get(card.comment_id);
    return Boolean(decided && this.draft && drafts.isSame(decided, this.draft));
  }

  /** Whether something is ticked by hand that no decision holds. */
  get isChanged() {
    const card = this.card;
    if (!card || !this.draft || this.isSaved) {
      return false;
    }
    return !drafts.isSame(this.draft, this._opening(card));
  }

  /** Whether there is a comment before this one. */
  get canGoBack() {
    return this._place > 0;
  }

  /**
   * @param {string} themeId
   * @returns {Theme | undefined}
   */
  theme(themeId) {
    return this.codebook.themes.find((theme) => theme.id === themeId);
  }

  // ------------------------------------------------------------ changing what is ticked

  /** @param {Draft} draft */
  change(draft) {
    const card = this.card;
    const before = this.draft;
    if (!card || !before || drafts.isSame(before, draft)) {
      return;
    }
    this.history.add({ kind: "tick", commentId: card.comment_id, before, after: draft });
    this._drafts.set(card.comment_id, draft);
    this._changed();
  }

  // ------------------------------------------------------------ deciding

  /** Save what is ticked, and go to the next comment. */
  save() {
    const card = this.card;
    const draft = this.draft;
    if (!card || !draft) {
      return;
    }
    if (!this.isSaved) {
      const request = newRequest();
      const { themes, unsure, note, evidence, copies } = draft;
      this._discardRefused(card.comment_id);
      this._decided.set(card.comment_id, draft);
      this._drafts.set(card.comment_id, draft);
      this.history.add({
        kind: "decision",
        commentId: card.comment_id,
        draft,
        request,
        isSaved: true,
      });
      this.outbox.add("/api/decisions", card.comment_id, {
        request,
        comment_id: card.comment_id,
        text_hash: card.text_hash,
        codebook_fingerprint: this.codebook.fingerprint,
        themes,
        unsure,
        note,
        evidence,
        copies,
        decided_at: new Date().toISOString(),
      });
    }
    this.goForward();
  }

  /**
   * Answer one theme in several comments that were found; the one in front stays there.
   *
   * @param {import("./listed.js").Answer} answer
   * @returns {string} the request
   */
  decideListed(answer) {
    const request = newRequest();
    const { commentIds, themeId, present } = answer;
    const before = giveAnswer(this._known(), answer);
    this._listed.set(request, before);
    this.history.add({ kind: "answer in a list", answer, request, before });
    const body = {
      request,
      comment_ids: commentIds,
      theme_id: themeId,
      present,
      codebook_fingerprint: this.codebook.fingerprint,
      decided_at: new Date().toISOString(),
    };
    this.outbox.add("/api/listed", "", body, commentIds);
    this._changed();
    return request;
  }

  /** What is known of comments, here and ahead. @returns {import("./listed.js").Known} */
  _known() {
    const cards = [...this._cards.values(), ...this.hand.cards];
    return { cards, drafts: this._drafts, decided: this._decided };
  }

  /** Leave the comment for later, and go to the next one. */
  skip() {
    const card = this.card;
    if (!card) {
      return;
    }
    if (!this.isSaved) {
      this.outbox.add("/api/skip", card.comment_id, { comment_id: card.comment_id });
      this._say("Skipped: the comment comes back at the end.");
    }
    this.goForward();
  }

  /** Take back this reviewer's decision on the comment in front. */
  withdraw() {
    const card = this.card;
    if (!card || !this._decided.has(card.comment_id)) {
      this._say("You have not decided this comment.");
      return;
    }
    const request = newRequest();
    const draft = /** @type {Draft} */ (this._decided.get(card.comment_id));
    const commentId = card.comment_id;
    this._decided.delete(commentId);
    this.outbox.add("/api/withdraw", commentId, { request, comment_id: commentId });
    this.history.add({ kind: "decision", commentId, draft, request, isSaved: false });
    this._say("Your decision on this comment is withdrawn.");
    this._changed();
  }

  /** Reverse the last tick or decision. */
  undo() {
    const action = this.history.undo((done) => this._reverse(done));
    this._say(action ? `Undone: the last ${action.kind}.` : "There is nothing to undo.");
    this._moved();
  }

  /** Repeat what was undone last. */
  redo() {
    const action = this.history.redo((undone) => this._reverse(undone));
    this._say(action ? `Done again: the ${action.kind}.` : "There is nothing to do again.");
    this._moved();
  }

  /**
   * Do the opposite of an action; returns what was done.
   *
   * @param {Action} action
   * @returns {Action}
   */
  _reverse(action) {
    if (action.kind === "answer in a list") {
      return this._reverseListed(action);
    }
    this._show(action.commentId);
    if (action.kind === "tick") {
      this._drafts.set(action.commentId, action.before);
      return { ...action, before: action.after, after: action.before };
    }
    const request = newRequest();
    const body = { request, undoes: action.request };
    this.outbox.add("/api/undo", action.commentId, body);
    this._drafts.set(action.commentId, action.draft);
    if (action.isSaved) {
      this._decided.delete(action.commentId);
    } else {
      this._decided.set(action.commentId, action.draft);
    }
    return { ...action, request, isSaved: !action.isSaved };
  }

  /**
   * @param {import("./history.js").Listed} action
   * @returns {Action}
   */
  _reverseListed(action) {
    const request = newRequest();
    const { commentIds } = action.answer;
    this.outbox.add("/api/undo", "", { request, undoes: action.request }, commentIds);
    if (action.before) {
      takeAnswerBack(this._known(), action.before);
      const known = new Set(action.before.rows.keys());
      const wanted = new Set(commentIds);
      this.hand.cards = this.hand.cards.filter(
        (card) => known.has(card) || !wanted.has(card.comment_id), // came with the answer
      );
      return { ...action, request, before: null };
    }
    return { ...action, request, before: giveAnswer(this._known(), action.answer) };
  }

  // ------------------------------------------------------------ moving

  /** Go to the next comment: one that was shown before, or a new one. */
  goForward() {
    if (this._place < this._path.length - 1) {
      this._place += 1;
    } else {
      this._takeNext();
    }
    this._moved();
  }

  /** Go to the comment before this one. */
  goBack() {
    if (!this.canGoBack) {
      this._say("This is the first comment.");
      return;
    }
    this._place = Math.min(this._place, this._path.length) - 1;
    this._moved();
  }

  /**
   * Put a comment in front that was searched for.
   *
   * @param {string} commentId
   * @param {Draft} [draft] - what to tick in it
   * @returns {Promise<boolean>} false where it cannot be had
   */
  async open(commentId, draft) {
    if (!this._cards.has(commentId)) {
      try {
        this._keep(await postJson("/api/comment", { comment_id: commentId }));
      } catch (error) {
        this._say(sentenceOf(error));
        return false;
      }
    }
    this.hand.remove(commentId);
    if (draft) {
      this._drafts.set(commentId, drafts.fitting(draft, this.codebook.themes, true));
    }
    this._show(commentId);
    this._moved();
    return true;
  }

  /**
   * Put comments that were searched for in front of all others, in their order.
   *
   * @param {string[]} commentIds
   */
  async reviewInTurn(commentIds) {
    /** @type {Card[]} */
    const cards = [];
    try {
      for (const commentId of commentIds) {
        cards.push(await postJson("/api/comment", { comment_id: commentId }));
      }
    } catch (error) {
      this._say(sentenceOf(error));
    }
    cards.reverse().forEach((card) => this.hand.putFirst(card));
    this._place = this._path.length - 1;
    this.goForward();
  }

  /**
   * The comment of something that the server did not take, ticked as it was.
   *
   * @param {Item} item
   */
  async openRefused(item) {
    const draft = item.path === "/api/decisions" ? item.body : undefined;
    await this.open(commentsOf(item)[0], draft);
  }

  /** Fetch the first comments, after what waits from last time was sent. */
  async begin() {
    await this.hand.fill();
    if (!this.card) {
      this.goForward();
    }
  }

  /** @param {string} commentId */
  _show(commentId) {
    const place = this._path.lastIndexOf(commentId);
    if (place >= 0) {
      this._place = place;
      return;
    }
    this._place = Math.min(this._place + 1, this._path.length);
    this._path.splice(this._place, 0, commentId);
  }

  /**
   * A comment that was in front is to come once more, as a new one.
   *
   * @param {string} commentId
   */
  _leave(commentId) {
    const behind = this._path.slice(0, this._place).filter((id) => id !== commentId);
    const ahead = this._path.slice(this._place).filter((id) => id !== commentId);
    this._path = [...behind, ...ahead];
    this._place = behind.length;
  }

  _takeNext() {
    let card = this.hand.take();
    while (card && this._decided.has(card.comment_id)) {
      card = this.hand.take(); // decided here after it was fetched
    }
    this._place = this._path.length; // one behind the last while there is none
    if (card) {
      this._keep(card);
      this._path.push(card.comment_id);
    }
  }

  /** @param {Card} card */
  _keep(card) {
    this._cards.set(card.comment_id, card);
    if (card.saved && !this._decided.has(card.comment_id)) {
      this._decided.set(card.comment_id, drafts.openingDraft(card));
    }
  }

  /** @param {Card} card */
  _opening(card) {
    return this._decided.get(card.comment_id) || drafts.openingDraft(card);
  }

  /** Ids of comments that the server must not send again. @returns {string[]} */
  _held() {
    const waiting = this.outbox.waiting.flatMap((item) => commentsOf(item));
    const inFront = this.card && !this.isSaved ? [this.card.comment_id] : [];
    return [...new Set([...waiting, ...inFront])];
  }

  // ------------------------------------------------------------ hearing from the server

  _handChanged() {
    if (!this.card && this.hand.cards.length) {
      this._takeNext();
      this._moved();
      return;
    }
    this._changed();
  }

  /** @param {import("./hand.js").Answer} answer */
  _hear(answer) {
    this.progress = answer.progress;
    for (const note of answer.notes.filter((each) => !this._told.has(each))) {
      this._told.add(note);
      this._say(note);
    }
    if (answer.codebook_fingerprint !== this.codebook.fingerprint) {
      void this._renewCodebook();
    }
  }

  /** @param {{item: Item, answer?: any, error?: ApiError}} heard */
  _answered({ item, answer, error }) {
    if (answer) {
      this.progress = answer.progress || this.progress;
      const isDecision = item.path !== "/api/skip";
      if (isDecision) {
        this.dispatchEvent(new CustomEvent("saved", { detail: new Date() }));
      }
    } else if (error) {
      void this._lookAgain(item, error);
    }
    void this.hand.fill(); // what was skipped or taken back may come now
    this._changed();
  }

  /**
   * A decision was not taken: its comment comes back with the same ticks.
   *
   * @param {Item} item
   * @param {ApiError} error
   */
  async _lookAgain(item, error) {
    const { commentId } = item;
    if (item.path === "/api/remarks") {
      return; // what was written is kept with what was not taken
    }
    if (item.path === "/api/listed") {
      await this._listedRefused(item, error);
      return;
    }
    if (item.path !== "/api/decisions") {
      this.outbox.discard(item);
      this._say(sentenceOf(error));
      return;
    }
    this._decided.delete(commentId);
    if (error.status !== CHANGED || !error.body?.card) {
      this._say(`Not saved: ${sentenceOf(error)}`);
      return;
    }
    if (error.body.codebook_fingerprint !== this.codebook.fingerprint) {
      await this._renewCodebook();
    }
    const card = error.body.card;
    const sameText = card.text_hash === item.body.text_hash;
    this._cards.set(commentId, card);
    const kept = drafts.fitting(item.body, this.codebook.themes, sameText);
    this._drafts.set(commentId, kept);
    if (this.card !== card) {
      this._leave(commentId);
      this.hand.putFirst(card);
    }
    this._say("A comment was changed since you saw it, or the codebook was: it comes once more.");
    this._moved();
  }

  /**
   * @param {Item} item
   * @param {ApiError} error
   */
  async _listedRefused(item, error) {
    const before = this._listed.get(item.body.request);
    if (before) {
      takeAnswerBack(this._known(), before);
    }
    this._say(`Not saved: ${sentenceOf(error)}`);
    if (error.status === CHANGED) {
      await this._renewCodebook();
    }
    this._changed();
  }

  async _renewCodebook() {
    try {
      this.codebook = await getJson("/api/codebook");
    } catch (error) {
      this._say(sentenceOf(error));
      return;
    }
    for (const [commentId, draft] of this._drafts) {
      this._drafts.set(commentId, drafts.fitting(draft, this.codebook.themes, true));
    }
    this._decided.clear();
    this._say("The codebook was changed: this is the new one.");
    this.dispatchEvent(new Event("codebook"));
    const front = this.card;
    if (front) {
      this._cards.delete(front.comment_id);
      await this.open(front.comment_id);
    }
    await this.hand.renew();
  }

  /** @param {string} commentId */
  _discardRefused(commentId) {
    for (const item of this.outbox.refused) {
      if (item.commentId === commentId) {
        this.outbox.discard(item);
      }
    }
  }

  _moved() {
    this.dispatchEvent(new Event("move"));
    this._changed();
  }

  _changed() {
    this.dispatchEvent(new Event("change"));
  }

  /** @param {string} sentence */
  _say(sentence) {
    this.dispatchEvent(new CustomEvent("say", { detail: sentence }));
  }
}

/**
 * @param {Event} event
 * @returns {any}
 */
function detailOf(event) {
  return /** @type {CustomEvent} */ (event).detail;
}

/**
 * @param {unknown} error
 * @returns {string}
 */
export function sentenceOf(error) {
  if (!(error instanceof ApiError)) {
    throw error;
  }
  const problem = error.problem.charAt(0).toUpperCase() + error.problem.slice(1);
  return [problem, error.next].filter(Boolean).join(". ");
}
