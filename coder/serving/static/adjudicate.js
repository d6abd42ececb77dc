/** Settling disputes: one comment at a time, every dispute answered, then saved. */

import { announce } from "./announce.js";
import { ApiError, getJson, postJson } from "./api.js";
import { DisputeAnswers } from "./dispute_answers.js";
import { DisputeView } from "./dispute_view.js";
import { byId } from "./elements.js";
import { newRequestId, postAtEnd, postUntilTaken, TabMemory } from "./requests.js";
import { Turns } from "./turns.js";

/** The page, and what the adjudicator does on it. */
class AdjudicatePage {
  constructor() {
    this.drafts = new TabMemory("coder.disputes.draft");
    this.past = new TabMemory("coder.disputes.saved");
    this.wanted = new TabMemory("coder.disputes.open"); // chosen on the lead's page
    this.turns = new Turns();
    this.view = new DisputeView((part, verdict) => this.turns.take(() => this.choose(part, verdict)));
    /** @type {DisputeAnswers | null} */
    this.answers = null;
    this.fingerprint = "";
    /** @type {any[]} snapshots before each change */
    this.steps = [];
  }

  /** Load the codebook and the first comment. */
  async begin() {
    this.listen();
    await this.turns.take(() => this.load());
  }

  async load() {
    await this.attempt(async () => {
      this.view.codebook = await getJson("/api/codebook");
      const wanted = this.wanted.read();
      this.wanted.keep(null);
      if (wanted) {
        this.take(await postJson("/api/dispute/comment", { comment_id: wanted }));
      } else {
        this.take(await postJson("/api/dispute", {}));
      }
    });
  }

  listen() {
    const buttons = {
      save: () => this.save(),
      skip: () => this.skip(),
      undo: () => this.undo(),
      "rest-open": () => this.leaveRestOpen(),
    };
    for (const [id, act] of Object.entries(buttons)) {
      byId(id).addEventListener("click", () => this.turns.take(act));
    }
    byId("note").addEventListener("input", () => this.keepDraft());
    document.addEventListener("keydown", (event) => this.press(event));
    window.addEventListener("pagehide", () => postAtEnd("/api/dispute/leave"));
    window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());
    const letters = /** @type {HTMLInputElement} */ (byId("use-letters"));
    letters.checked = window.localStorage.getItem("coder.letters") !== "off";
    letters.addEventListener("change", () => {
      window.localStorage.setItem("coder.letters", letters.checked ? "on" : "off");
    });
  }

  /**
   * Do something with the server; say what is wrong.
   *
   * @param {() => Promise<void>} work
   */
  async attempt(work) {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      if (error.status === 409 && error.body?.card !== undefined) {
        this.take(error.body);
      }
      this.view.notice(`${error.problem}. ${error.next}`, true);
    }
  }

  /** @param {any} handed - a card, and how many are left */
  take(handed) {
    this.fingerprint = handed.codebook_fingerprint;
    this.steps = [];
    this.answers = handed.card ? new DisputeAnswers(handed.card) : null;
    this.view.showLeft(handed.left);
    this.view.notice(handed.holder ? `${handed.holder} has this comment open too.` : "");
    if (!this.answers) {
      this.view.showNothing();
      return;
    }
    const draft = this.drafts.read();
    const card = this.answers.card;
    let note = card.note;
    if (draft && draft.comment_id === card.comment_id && draft.basis === card.basis) {
      this.answers.restore(draft.answers);
      note = draft.note;
    }
    this.view.show(this.answers, note);
  }

  keepDraft() {
    if (this.answers) {
      const { comment_id, basis } = this.answers.card;
      const note = this.view.note;
      this.drafts.keep({ comment_id, basis, note, answers: this.answers.snapshot() });
    }
  }

  /**
   * @param {import("./dispute_answers.js").Part} part
   * @param {string} verdict
   */
  choose(part, verdict) {
    if (!this.answers?.parts().some((one) => isSame(one, part))) {
      this.view.draw(); // of a comment that is gone
      return;
    }
    this.steps.push(this.answers.snapshot());
    this.answers.set(part, verdict);
    this.keepDraft();
    this.view.draw();
  }

  /** @param {string} verdict */
  answerCurrent(verdict) {
    const part = this.view.current;
    if (!part) {
      return;
    }
    this.choose(part, verdict);
    this.view.goToNextOpen();
  }

  leaveRestOpen() {
    if (this.answers) {
      this.steps.push(this.answers.snapshot());
      this.answers.leaveRestOpen();
      this.keepDraft();
      this.view.draw();
    }
  }

  /** Store the answers and go on; where some are missing, go to the first. */
  async save() {
    const answers = this.answers;
    if (!answers) {
      return;
    }
    const open = answers.open().length;
    if (open) {
      this.view.goToNextOpen();
      this.view.notice(`${open} not answered yet: yes, no, or leave open`, true);
      return;
    }
    await this.attempt(async () => {
      const request = newRequestId();
      const { comment_id, text_hash, basis } = answers.card;
      const body = {
        request,
        comment_id,
        text_hash,
        basis,
        codebook_fingerprint: this.fingerprint,
        answers: answers.forServer(),
        note: this.view.note,
      };
      this.view.showSaving("saving …");
      try {
        await postUntilTaken("/api/adjudications", body, () => {
          this.turns.isStuck = true;
          this.view.showSaving("NOT SAVED: no connection, it is tried again");
        });
      } catch (error) {
        this.view.showSaving("not saved");
        throw error;
      } finally {
        this.turns.isStuck = false;
      }
      this.past.keep([...(this.past.read() || []), { request, comment_id }].slice(-50));
      this.drafts.keep(null);
      this.view.showSaving(`saved ${new Date().toLocaleTimeString([], { timeStyle: "short" })}`);
      announce("saved");
      this.take(await postUntilTaken("/api/dispute", {}, () => {}));
    });
  }

  async skip() {
    const answers = this.answers;
    if (answers) {
      await this.attempt(async () => {
        this.take(await postJson("/api/dispute/skip", { comment_id: answers.card.comment_id }));
      });
    }
  }

  /** Take back the last change; before the first one, what was saved last. */
  async undo() {
    const before = this.steps.pop();
    if (before && this.answers) {
      this.answers.restore(before);
      this.keepDraft();
      this.view.draw();
      return;
    }
    const past = this.past.read() || [];
    const last = past.pop();
    if (!last) {
      this.view.notice("nothing to undo");
      return;
    }
    await this.attempt(async () => {
      const body = { request: newRequestId(), undoes: last.request };
      await postUntilTaken("/api/undo", body, () => {
        this.view.showSaving("not taken back yet: no connection, it is tried again");
      });
      this.past.keep(past);
      this.view.showSaving("taken back");
      this.take(await postJson("/api/dispute/comment", { comment_id: last.comment_id }));
      announce("taken back");
    });
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest("textarea, dialog")) {
      return;
    }
    const isLetter = event.key.length === 1;
    const letters = /** @type {HTMLInputElement} */ (byId("use-letters"));
    if (isLetter && !letters.checked) {
      return;
    }
    if (event.key === "Enter" && target.closest("button, a, summary, input[type=checkbox]")) {
      return; // the control's own
    }
    const actions = this.actions();
    if (Object.hasOwn(actions, event.key)) {
      event.preventDefault();
      this.turns.take(actions[event.key]);
    }
  }

  /** @returns {Object<string, () => unknown>} */
  actions() {
    return {
      y: () => this.answerCurrent("yes"),
      n: () => this.answerCurrent("no"),
      u: () => this.answerCurrent("open"),
      U: () => this.leaveRestOpen(),
      Enter: () => this.save(),
      s: () => this.skip(),
      z: () => this.undo(),
      d: () => this.view.switchDefinition(),
      ArrowDown: () => this.view.move(1),
      ArrowUp: () => this.view.move(-1),
    };
  }
}

/**
 * @param {import("./dispute_answers.js").Part} one
 * @param {import("./dispute_answers.js").Part} other
 */
function isSame(one, other) {
  return one.theme === other.theme && one.position === other.position;
}

new AdjudicatePage().begin();
