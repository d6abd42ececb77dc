/** Figures and times in words. */

/** @typedef {import("./types.js").Progress} Progress */

/** Probabilities from these on, with what a reader calls them. */
const LIKELIHOODS = [
  [0.9, "very likely"],
  [0.7, "likely"],
  [0.5, "rather likely"],
  [0.3, "possible"],
  [0, "less likely"],
];

/**
 * A probability in words and in per cent: "likely, 74 %".
 *
 * @param {number} probability
 * @returns {string}
 */
export function likelihood(probability) {
  const found = LIKELIHOODS.find(([least]) => probability >= Number(least));
  return `${found ? found[1] : ""}, ${Math.round(100 * probability)} %`;
}

/**
 * @param {number} number
 * @param {string} noun - in the singular
 * @param {string} [plural] - where it is not the noun with an s
 * @returns {string}
 */
export function count(number, noun, plural = `${noun}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? noun : plural}`;
}

/**
 * @param {Date} moment
 * @returns {string} hours and minutes on this computer's clock
 */
export function clock(moment) {
  return moment.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

/**
 * @param {number} minutes
 * @returns {string}
 */
function duration(minutes) {
  const whole = Math.max(1, Math.round(minutes));
  const hours = Math.floor(whole / 60);
  return hours ? `${hours} h ${whole % 60} min` : `${whole} min`;
}

/**
 * What is done, what is left, and how long that takes.
 *
 * @param {Progress} progress
 * @returns {string[]} parts of a line
 */
export function progressParts(progress) {
  const parts = [];
  if (progress.drawn !== null && progress.left !== null) {
    const done = progress.drawn - progress.left;
    parts.push(`${done.toLocaleString("en")} of ${count(progress.drawn, "comment")} decided`);
  } else {
    parts.push(`${progress.decided.toLocaleString("en")} decided`);
  }
  if (progress.left !== null && progress.left !== undefined) {
    parts.push(`${progress.left.toLocaleString("en")} left`);
  }
  if (progress.skipped) {
    parts.push(`${progress.skipped.toLocaleString("en")} skipped`);
  }
  if (progress.per_hour) {
    parts.push(`${Math.round(progress.per_hour).toLocaleString("en")} an hour`);
  }
  if (progress.minutes_left) {
    parts.push(`about ${duration(progress.minutes_left)} to go`);
  }
  return parts;
}
