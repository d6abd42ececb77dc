/** What somebody does is done in its order, each when the one before is done: no key is lost. */

/** A queue of things to do. */
export class Turns {
  constructor() {
    this.last = Promise.resolve();
    /** @type {boolean} something waits for the server: what is pressed now is not kept for later */
    this.isStuck = false;
  }

  /**
   * Do something after all that was asked for before.
   *
   * @param {() => unknown} work
   * @returns {Promise<void>} when it is done
   */
  take(work) {
    if (!this.isStuck) {
      this.last = this.last.then(async () => {
        try {
          await work();
        } catch (error) {
          window.reportError(error); // the next one is done all the same
        }
      });
    }
    return this.last;
  }
}
