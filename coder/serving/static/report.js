/** The page about the report: make it, see how old it is, open it. */

import { ApiError, getJson, postJson } from "./api.js";
import { byId } from "./elements.js";
import { momentOf } from "./figures.js";

const EVERY = 2000; // milliseconds while it is made
const SELDOM = 20000;

/** @param {any} state */
function show(state) {
  const box = byId("state");
  box.classList.toggle("message-alarm", Boolean(state.problem));
  byId("open").hidden = !state.is_there;
  const button = /** @type {HTMLButtonElement} */ (byId("make"));
  button.setAttribute("aria-disabled", String(state.is_working));
  button.textContent = state.is_there ? "Make it again" : "Make the report";
  box.textContent = sentenceOf(state);
}

/**
 * @param {any} state
 * @returns {string}
 */
function sentenceOf(state) {
  if (state.is_working) {
    return "The report is being made. This takes some seconds; with many comments, minutes.";
  }
  if (state.problem) {
    return state.problem;
  }
  if (!state.is_there) {
    return "There is no report yet.";
  }
  const warning = state.warning ? ` It says: ${state.warning}.` : "";
  if (state.is_current) {
    return `Made ${momentOf(state.made_at)}. Nothing has changed since.${warning}`;
  }
  return `Made ${momentOf(state.made_at)}. Decisions, the coding or the codebook have changed since.${warning}`;
}

async function look() {
  let wait = SELDOM;
  try {
    const state = await getJson("/api/report");
    show(state);
    wait = state.is_working ? EVERY : SELDOM;
  } catch (error) {
    tell(error);
  }
  setTimeout(look, wait);
}

/** @param {unknown} error */
function tell(error) {
  if (!(error instanceof ApiError)) {
    throw error;
  }
  byId("state").textContent = `${error.problem}. ${error.next}`;
}

byId("make").addEventListener("click", async () => {
  try {
    show(await postJson("/api/report", {}));
    setTimeout(look, EVERY);
  } catch (error) {
    tell(error);
  }
});
look();
