/** Dialogs: native ones, so that the focus stays in them and comes back afterwards. */

import { make } from "./elements.js";

/**
 * Open a dialog; it leaves the page when it is closed, and the focus goes back where it was.
 *
 * @param {string} title
 * @param {Node[]} body
 * @param {{foot?: Node[], isSheet?: boolean, onclose?: () => void}} [options]
 * @returns {HTMLDialogElement}
 */
export function openDialog(title, body, { foot = [], isSheet = false, onclose } = {}) {
  const before = document.activeElement;
  const back = placeAfterwards();
  const heading = make("h2", { id: "dialog-title", dir: "auto" }, title);
  const close = make("button.button-plain", { type: "button", "aria-label": "Close" }, "✕");
  const labelled = { role: "region", "aria-labelledby": "dialog-title" };
  const content = make("div.dialog-body", { tabindex: "0", autofocus: true, ...labelled }, ...body);
  const dialog = /** @type {HTMLDialogElement} */ (
    make(
      isSheet ? "dialog.sheet" : "dialog",
      { "aria-labelledby": "dialog-title" },
      make("div.dialog-head", {}, heading, close),
      content,
      foot.length ? make("div.dialog-foot", {}, ...foot) : null,
    )
  );
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) {
      dialog.close(); // beside the dialog
    }
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    // The browser tells of the end a moment later: a key may have moved the focus since.
    const isLeftAlone = [before, document.body].includes(document.activeElement);
    if (back?.isConnected && isLeftAlone) {
      back.focus({ preventScroll: true });
    }
    onclose?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/**
 * Where the focus goes when a dialog is closed: where it was. After a click that is not the
 * button, since Enter would press it again instead of saving, but the page's heading.
 *
 * @returns {HTMLElement | null}
 */
function placeAfterwards() {
  const place = document.activeElement;
  if (place instanceof HTMLElement && place !== document.body && place.matches(":focus-visible")) {
    return place;
  }
  return document.querySelector("h1[tabindex]");
}

/**
 * Ask for a text.
 *
 * @param {string} title
 * @param {{hint: string, text?: string, done: string, most?: number, first?: string}} words -
 *   `first`: the label of a line above the text
 * @param {(text: string, first: string) => void} take - called with what was written
 */
export function askForText(title, words, take) {
  const most = words.most || 2000;
  const line = words.first && make("input", { id: "dialog-line", maxlength: 120, autocomplete: "off" });
  const area = make("textarea", { id: "dialog-text", rows: 4, maxlength: most, dir: "auto" });
  const field = /** @type {HTMLTextAreaElement} */ (area);
  field.value = words.text || "";
  const done = make("button.button-main", { type: "button" }, words.done, make("kbd", {}, "Ctrl Enter"));
  const cancel = make("button.button", { type: "button" }, "Cancel");
  const body = [
    line && make("p.field", {}, make("label", { for: "dialog-line" }, words.first || ""), line),
    make(
      "p.field",
      {},
      make("label", { for: "dialog-text" }, words.hint),
      area,
    ),
  ].filter((node) => node instanceof Node);
  const dialog = openDialog(title, body, { foot: [cancel, done] });
  const finish = () => {
    const first = line instanceof HTMLInputElement ? line.value.trim() : "";
    dialog.close();
    take(field.value.trim(), first);
  };
  done.addEventListener("click", finish);
  cancel.addEventListener("click", () => dialog.close());
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      finish();
    }
  });
  (line || field).focus();
}
