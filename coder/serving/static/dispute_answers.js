/** What is in dispute in a comment, and what is answered so far. */

/**
 * @typedef {{reviewer: string, answer: string}} Said
 * @typedef {{id: string, key: string, name: string, asked: boolean, verdict: string,
 *   answers: Said[]}} Position
 * @typedef {{id: string, key: string, name: string, in_scope: boolean, asked: boolean,
 *   verdict: string, answers: Said[], evidence: number[] | null,
 *   marked: {reviewer: string, spans: number[][]}[], positions: Position[]}} Theme
 * @typedef {{comment_id: string, text: string, text_hash: string, basis: string, scope: string[],
 *   saved: boolean, note: string, notes: {reviewer: string, note: string}[],
 *   themes: Theme[]}} Card
 * @typedef {{theme: Theme, position: Position | null}} Part - one thing to answer
 * @typedef {{verdict: string, positions: Map<string, boolean>}} Answer
 */

/** The answers to one comment. Verdicts: "yes", "no", "open", or nothing yet. */
export class DisputeAnswers {
  /** @param {Card} card */
  constructor(card) {
    this.card = card;
    this.themes = card.themes.filter((theme) => theme.in_scope);
    /** @type {Map<string, Answer>} */
    this.answers = new Map();
    for (const theme of this.themes) {
      this.answers.set(theme.id, opening(theme));
    }
  }

  /** @returns {Part[]} what there is to answer; positions only where the theme is present */
  parts() {
    const parts = [];
    for (const theme of this.themes) {
      const hasPositions = this.asksPositions(theme);
      if (theme.asked) {
        parts.push({ theme, position: null });
      }
      for (const position of theme.positions) {
        if (position.asked && hasPositions) {
          parts.push({ theme, position });
        }
      }
    }
    return parts;
  }

  /** @param {Theme} theme */
  asksPositions(theme) {
    const verdict = this.answers.get(theme.id)?.verdict;
    return verdict === "yes" || (!theme.asked && verdict === "open");
  }

  /**
   * @param {Part} part
   * @returns {string} "yes", "no", "open", or nothing
   */
  verdictOf(part) {
    const answer = this.answers.get(part.theme.id);
    if (!answer || answer.verdict === "open" || part.position === null) {
      return answer?.verdict || "";
    }
    const present = answer.positions.get(part.position.id);
    return present === undefined ? "" : present ? "yes" : "no";
  }

  /**
   * @param {Part} part
   * @param {string} verdict - an open position leaves its whole theme open
   */
  set(part, verdict) {
    const answer = this.answers.get(part.theme.id);
    if (!answer) {
      return;
    }
    if (part.position === null || verdict === "open") {
      answer.verdict = verdict;
      return;
    }
    answer.verdict = "yes";
    answer.positions.set(part.position.id, verdict === "yes");
  }

  /** @returns {Part[]} what is not answered yet */
  open() {
    return this.parts().filter((part) => this.verdictOf(part) === "");
  }

  /** Leave in dispute what is not answered. */
  leaveRestOpen() {
    for (const part of this.open()) {
      this.set(part, "open");
    }
  }

  /** @returns {Object<string, object>} as the server takes them */
  forServer() {
    const answers = Object.create(null);
    for (const [themeId, answer] of this.answers) {
      const positions = Object.create(null);
      if (answer.verdict === "yes") {
        for (const [id, present] of answer.positions) {
          positions[id] = present;
        }
      }
      answers[themeId] = { verdict: answer.verdict, positions };
    }
    return answers;
  }

  /** @returns {any} a copy that `restore` takes */
  snapshot() {
    return [...this.answers].map(([id, answer]) => [id, answer.verdict, [...answer.positions]]);
  }

  /** @param {any} snapshot */
  restore(snapshot) {
    for (const [id, verdict, positions] of snapshot) {
      if (this.answers.has(id)) {
        this.answers.set(id, { verdict, positions: new Map(positions) });
      }
    }
  }
}

/**
 * @param {Theme} theme
 * @returns {Answer} what is answered when the comment is first shown
 */
function opening(theme) {
  const positions = new Map();
  for (const position of theme.positions) {
    if (position.asked && position.verdict) {
      positions.set(position.id, position.verdict === "yes");
    }
  }
  let verdict = theme.verdict === "unsure" ? "open" : theme.verdict;
  if (!theme.asked && verdict === "") {
    verdict = "yes"; // that it is present is agreed; its positions are not
  }
  return { verdict, positions };
}
