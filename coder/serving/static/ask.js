/** Questions in the page's one dialog: choose one, write something, or confirm. */

import { byId, make } from "./elements.js";

/**
 * Open the dialog with a form; the answer is what `read` gives, null where it was left.
 *
 * @template T
 * @param {string} title
 * @param {HTMLElement[]} content
 * @param {string} action - what the main button says; nothing for none
 * @param {() => T} read - called when the main button is pressed
 * @param {(take: (answer: T) => void) => void} [connect] - for buttons in the content
 * @returns {Promise<T | null>}
 */
export function ask(title, content, action, read, connect = () => {}) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("dialog"));
  const returnsTo = /** @type {HTMLElement | null} */ (document.activeElement);
  return new Promise((resolve) => {
    /** @type {T | null} */
    let answer = null;
    const take = (/** @type {T} */ given) => {
      answer = given;
      dialog.close();
    };
    const form = make(
      "form",
      {
        method: "dialog",
        onsubmit: (/** @type {Event} */ event) => {
          event.preventDefault();
          take(read());
        },
      },
      make(
        "div.dialog-head",
        {},
        make("h2", { id: "dialog-title", dir: "auto" }, title),
        make("button.button-plain", { type: "button", "aria-label": "Close", onclick: () => dialog.close() }, "✕"),
      ),
      make("div.dialog-body.stack", {}, ...content),
      action && make("div.dialog-foot", {}, make("button.button-main", { type: "submit" }, action)),
    );
    connect(take);
    dialog.replaceChildren(form);
    dialog.addEventListener(
      "close",
      () => {
        resolve(answer);
        if (returnsTo?.isConnected) {
          returnsTo.focus();
        }
      },
      { once: true },
    );
    dialog.showModal();
    const first = dialog.querySelector(".dialog-body :is(input, textarea, button)");
    /** @type {HTMLElement | null} */ (first || dialog.querySelector(".button-main"))?.focus();
  });
}

/**
 * Choose one of a list by a click, or by a few letters of it.
 *
 * @param {string} title
 * @param {{id: string, name: string, facts?: string}[]} options
 * @returns {Promise<string | null>}
 */
export function chooseOne(title, options) {
  const box = make("input", { type: "search", id: "filter", autocomplete: "off" });
  const list = make("div.choice-list", {});
  /** @type {(answer: string) => void} */
  let taken = () => {};
  const draw = () => {
    const letters = /** @type {HTMLInputElement} */ (box).value.toLocaleLowerCase();
    const found = options.filter((one) => one.name.toLocaleLowerCase().includes(letters));
    const buttons = found.map((one) =>
      make(
        "button.button",
        { type: "button", onclick: () => taken(one.id) },
        make("span", { dir: "auto" }, one.name),
        one.facts && make("span.quiet.small", {}, one.facts),
      ),
    );
    list.replaceChildren(...buttons);
  };
  box.addEventListener("input", draw);
  draw();
  const field = make("div.field", {}, make("label", { for: "filter" }, "Letters of the name"), box);
  const first = () => {
    const letters = /** @type {HTMLInputElement} */ (box).value.toLocaleLowerCase();
    return options.find((one) => one.name.toLocaleLowerCase().includes(letters))?.id || null;
  };
  return ask(title, [field, list], "", first, (take) => {
    taken = take;
  });
}

/**
 * Write a few lines; each field has a name, a label and what it holds now.
 *
 * @param {string} title
 * @param {{name: string, label: string, value: string, hint?: string, lines?: number,
 *   proposals?: string[], required?: boolean}[]} fields
 * @param {string} action
 * @returns {Promise<Object<string, string> | null>}
 */
export function write(title, fields, action) {
  const boxes = new Map();
  const content = fields.map((field) => {
    const tag = field.lines ? "textarea" : "input";
    const id = `field-${field.name}`;
    const hint = field.hint ? `${id}-hint` : null;
    const box = /** @type {HTMLInputElement} */ (
      make(tag, { id, maxlength: 2000, rows: field.lines, required: field.required, "aria-describedby": hint, autocomplete: "off" })
    );
    box.value = field.value;
    boxes.set(field.name, box);
    const proposals = (field.proposals || []).map((one) =>
      make(
        "button.button",
        {
          type: "button",
          dir: "auto",
          onclick: () => {
            box.value = one;
            box.focus();
          },
        },
        one,
      ),
    );
    return make(
      "div.field",
      {},
      make("label", { for: id }, field.label),
      box,
      hint && make("p.hint", { id: hint }, field.hint),
      proposals.length > 0 && make("div.row", {}, ...proposals),
    );
  });
  const read = () => Object.fromEntries([...boxes].map(([name, box]) => [name, box.value]));
  return ask(title, content, action, read);
}

/**
 * @param {string} title
 * @param {string[]} sentences
 * @param {string} action
 * @returns {Promise<boolean>}
 */
export async function confirm(title, sentences, action) {
  const content = sentences.map((sentence) => make("p", { dir: "auto" }, sentence));
  return (await ask(title, content, action, () => true)) === true;
}
