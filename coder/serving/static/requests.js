/** Requests that are sent until an answer comes, and stored once however often they are sent. */

import { ApiError, postJson } from "./api.js";

const FIRST_WAIT = 1000; // milliseconds; doubled until the longest
const LONGEST_WAIT = 15000;

/** @returns {string} 128 random bits in hex */
export function newRequestId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Send a request again and again until the server takes or refuses it.
 *
 * @param {string} path
 * @param {object} body - with its `request` id, so that it counts once
 * @param {(error: ApiError) => void} waiting - told each time that it has to be sent again
 * @returns {Promise<any>}
 * @throws {ApiError} it was refused
 */
export async function postUntilTaken(path, body, waiting) {
  let wait = FIRST_WAIT;
  for (;;) {
    try {
      return await postJson(path, body);
    } catch (error) {
      if (!(error instanceof ApiError) || !error.isPassing) {
        throw error;
      }
      waiting(error);
      await new Promise((resolve) => setTimeout(resolve, wait));
      wait = Math.min(2 * wait, LONGEST_WAIT);
    }
  }
}

/**
 * Send something while the page is closed; nobody waits for the answer.
 *
 * @param {string} path
 */
export function postAtEnd(path) {
  const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute("content");
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": token || "" };
  fetch(path, { method: "POST", headers, body: "{}", keepalive: true }).catch(() => {});
}

/**
 * Something kept in this tab over a reload: ids and answers, never what a comment says.
 */
export class TabMemory {
  /** @param {string} key */
  constructor(key) {
    this.key = key;
  }

  /** @returns {any} what was kept; null where there is nothing */
  read() {
    try {
      return JSON.parse(window.sessionStorage.getItem(this.key) || "null");
    } catch {
      return null;
    }
  }

  /** @param {any} value */
  keep(value) {
    try {
      window.sessionStorage.setItem(this.key, JSON.stringify(value));
    } catch {
      // Storage is switched off or full: it lasts as long as the page.
    }
  }
}
