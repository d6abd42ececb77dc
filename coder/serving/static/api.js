/** Asking the server: JSON in and out, with the page's token, and errors that say what to do. */

const PATIENCE = 20000; // milliseconds until an answer counts as missing

/** An answer that is not what was asked for. */
export class ApiError extends Error {
  /**
   * @param {number} status - of HTTP; 0 where no answer came
   * @param {string} problem - what is wrong
   * @param {string} next - what to do about it
   * @param {any} body - the whole answer
   */
  constructor(status, problem, next = "", body = null) {
    super(problem);
    this.status = status;
    this.problem = problem;
    this.next = next;
    this.body = body;
  }

  /** Whether the same may work later: no connection, the server is busy or starting. */
  get isPassing() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }

  /** Whether the link that was opened in this browser is no longer this page's. */
  get isShutOut() {
    return this.status === 401 || this.status === 403;
  }
}

/**
 * @param {string} path
 * @returns {Promise<any>}
 * @throws {ApiError}
 */
export function getJson(path) {
  return ask(path, { method: "GET" });
}

/**
 * @param {string} path
 * @param {object} body
 * @returns {Promise<any>}
 * @throws {ApiError}
 */
export function postJson(path, body) {
  const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute("content");
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": token || "" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(body) });
}

/**
 * @param {string} path
 * @param {RequestInit} options
 * @returns {Promise<any>}
 */
async function ask(path, options) {
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(), PATIENCE);
  try {
    /** @type {RequestInit} */
    const settings = { credentials: "same-origin", cache: "no-store", redirect: "error" };
    const answer = await fetch(path, { ...settings, ...options, signal: ending.signal });
    return await read(answer);
  } catch (error) {
    if (error instanceof ApiError) {
      throw error;
    }
    throw new ApiError(0, "no connection to the server", "It is tried again by itself.");
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {Response} answer
 * @returns {Promise<any>}
 */
async function read(answer) {
  let body = null;
  try {
    body = await answer.json();
  } catch (error) {
    if (answer.ok) {
      throw error; // cut off in the middle: as good as no answer
    }
  }
  if (answer.ok) {
    return body;
  }
  const problem = body?.error?.problem || `the server answers with ${answer.status}`;
  throw new ApiError(answer.status, problem, body?.error?.next || "", body);
}
