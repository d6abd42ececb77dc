/** The help page: leaving, on a computer that others use too. */

import { ApiError, postJson } from "./api.js";
import { byId } from "./elements.js";

/** @returns {number} decisions of anybody that wait in this browser */
function waiting() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith("coder.waiting.")).length;
  } catch {
    return 0;
  }
}

async function leave() {
  const said = byId("leave-said");
  if (waiting()) {
    said.textContent = "Something still waits to be sent: open the review page first.";
    return;
  }
  try {
    await postJson("/api/leave", {});
    said.textContent = "You have left. Open your link to come back.";
    byId("leave").hidden = true;
  } catch (error) {
    said.textContent = error instanceof ApiError ? error.problem : "";
  }
}

byId("leave").addEventListener("click", () => void leave());
