/** What a reviewer writes: a note, a flag for discussion, a theme that is missing. */

import { askForText } from "./dialogs.js";
import { withNote } from "./draft.js";
import { newRequest } from "./outbox.js";

/**
 * @typedef {import("./session.js").Session} Session
 * @typedef {(sentence: string) => void} Say
 */

/**
 * A note on the comment in front; it is saved with the decision.
 *
 * @param {Session} session
 */
export function openNote(session) {
  const { draft } = session;
  if (!draft) {
    return;
  }
  const words = { hint: "Saved with your decision", text: draft.note, done: "Keep the note" };
  askForText("Note", words, (text) => {
    if (session.draft) {
      session.change(withNote(session.draft, text));
    }
  });
}

/**
 * A question about the comment in front.
 *
 * @param {Session} session
 * @param {string} themeId - the theme that it is about
 * @param {Say} say
 */
export function openFlag(session, themeId, say) {
  const { card } = session;
  if (!card) {
    return;
  }
  const words = { hint: "What should be talked about?", done: "Send the flag" };
  askForText("Flag for discussion", words, (text) => {
    send(session, { kind: "flag", comment_id: card.comment_id, theme_id: themeId, text }, say);
  });
}

/**
 * A theme that is missing; the lead decides about it.
 *
 * @param {Session} session
 * @param {Say} say
 */
export function openProposal(session, say) {
  const { card } = session;
  if (!card) {
    say("Open a comment first: it goes along as an example.");
    return;
  }
  const words = {
    first: "Name of the theme",
    hint: "Why is it needed? This comment goes along as an example",
    done: "Send the proposal",
  };
  askForText("Propose a theme", words, (why, name) => {
    const text = [name, why].join("\n").trim();
    send(session, { kind: "proposal", comment_id: card.comment_id, theme_id: "", text }, say);
  });
}

/**
 * @param {Session} session
 * @param {{kind: string, comment_id: string, theme_id: string, text: string}} remark
 * @param {Say} say
 */
function send(session, remark, say) {
  if (!remark.text) {
    say("Nothing was written: nothing is sent.");
    return;
  }
  const request = newRequest();
  session.outbox.add("/api/remarks", remark.comment_id, { request, ...remark });
  say(remark.kind === "flag" ? "The flag goes to the lead." : "The proposal goes to the lead.");
}
