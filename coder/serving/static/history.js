/** What a reviewer did, for undo and redo. */

/**
 * @typedef {import("./types.js").Draft} Draft
 * @typedef {{kind: "tick", commentId: string, before: Draft, after: Draft}} Tick
 * @typedef {{kind: "decision", commentId: string, draft: Draft, request: string,
 *   isSaved: boolean}} Sent
 * @typedef {{kind: "answer in a list", answer: import("./listed.js").Answer, request: string,
 *   before: import("./listed.js").Kept | null}} Listed - `before`: null where it is undone
 * @typedef {Tick | Sent | Listed} Action
 */

const UNDOS_KEPT = 1000;

/** Two stacks of actions. */
export class History {
  constructor() {
    /** @type {Action[]} */
    this._done = [];
    /** @type {Action[]} */
    this._undone = [];
  }

  get canUndo() {
    return this._done.length > 0;
  }

  get canRedo() {
    return this._undone.length > 0;
  }

  /** @param {Action} action */
  add(action) {
    this._done.push(action);
    this._done.splice(0, this._done.length - UNDOS_KEPT);
    this._undone = [];
  }

  /**
   * Reverse the last action.
   *
   * @param {(action: Action) => Action} reverse - does the opposite, returns what was done
   * @returns {Action | undefined}
   */
  undo(reverse) {
    return move(this._done, this._undone, reverse);
  }

  /**
   * Repeat the action that was undone last.
   *
   * @param {(action: Action) => Action} reverse
   * @returns {Action | undefined}
   */
  redo(reverse) {
    return move(this._undone, this._done, reverse);
  }
}

/**
 * @param {Action[]} from
 * @param {Action[]} to
 * @param {(action: Action) => Action} reverse
 * @returns {Action | undefined}
 */
function move(from, to, reverse) {
  const action = from.pop();
  if (action) {
    to.push(reverse(action));
  }
  return action;
}
