/**
 * Keys of the page: those of commands, of themes and of positions.
 *
 * Single letters are shortcuts only while that is switched on; with Control they always work.
 */

/**
 * @typedef {{name: string, keys: string[], shown: string, says: string, group: string,
 *   run: () => void}} Command
 */

const SWITCH = "coder.keys";
/** @type {{[key: string]: string}} */
const ALWAYS = { "Control+Enter": "save", "Control+z": "undo", "Control+y": "redo", F1: "help" };

/** Puts keys together, and calls what they stand for. */
export class Keys {
  /**
   * @param {Command[]} commands
   * @param {{pressTheme: (key: string) => boolean,
   *   pressPosition: (key: string) => boolean, untickAll: () => void, width: () => number,
   *   say: (sentence: string) => void}} actions
   */
  constructor(commands, actions) {
    this._commands = commands;
    this._actions = actions;
    /** The digits of a number that is not complete. */
    this.typed = "";
    this.isOn = stored() !== "off";
    document.addEventListener("keydown", (event) => this._pressed(event));
  }

  /** @param {boolean} isOn */
  switchTo(isOn) {
    this.isOn = isOn;
    try {
      localStorage.setItem(SWITCH, isOn ? "on" : "off");
    } catch {
      // It holds as long as the page is open.
    }
  }

  /**
   * Run a command by its name.
   *
   * @param {string} name
   */
  run(name) {
    this._commands.find((command) => command.name === name)?.run();
  }

  /** @param {KeyboardEvent} event */
  _pressed(event) {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) {
      return;
    }
    const control = event.ctrlKey || event.metaKey ? "Control+" : "";
    const always = ALWAYS[control + event.key];
    const target = /** @type {HTMLElement} */ (event.target);
    if (always && (!isTyping(target) || event.key === "Enter" || event.key === "F1")) {
      event.preventDefault();
      this._actOnly(always);
      return;
    }
    const isOurs = this.isOn && !control && !event.altKey && !isTyping(target);
    if (isOurs && !isItsOwn(target, event.key) && this._take(event.key)) {
      event.preventDefault();
    }
  }

  /** @param {string} name */
  _actOnly(name) {
    this.typed = "";
    this.run(name);
  }

  /**
   * @param {string} key
   * @returns {boolean} whether it means something
   */
  _take(key) {
    if (/^[0-9]$/.test(key)) {
      this._digit(key);
      return true;
    }
    const half = this.typed;
    this.typed = "";
    if (half && key === "Enter") {
      this._actions.say(`${half}: a digit is missing, nothing is saved yet.`);
      return true;
    }
    if (half) {
      this._actions.say("");
    }
    if (this._actions.pressPosition(key) || this._actions.pressTheme(key)) {
      return true;
    }
    const command = this._commands.find(({ keys }) => keys.includes(key));
    command?.run();
    return Boolean(command);
  }

  /** @param {string} digit */
  _digit(digit) {
    this.typed += digit;
    if (this.typed.length < this._actions.width()) {
      this._actions.say(`${this.typed} and one digit more …`);
      return;
    }
    const typed = this.typed;
    this.typed = "";
    if (/^0+$/.test(typed)) {
      this._actions.untickAll();
    } else if (!this._actions.pressTheme(typed)) {
      this._actions.say(`No theme has the key ${typed}.`);
    }
  }
}

/** @returns {string} */
function stored() {
  try {
    return localStorage.getItem(SWITCH) || "on";
  } catch {
    return "on";
  }
}

/**
 * Whether letters are text where the focus is.
 *
 * @param {HTMLElement} target
 * @returns {boolean}
 */
function isTyping(target) {
  return target.matches?.("textarea, select, input:not([type='checkbox'], [type='radio'])");
}

/**
 * Whether an element does something by itself with a key.
 *
 * @param {HTMLElement} target
 * @param {string} key
 * @returns {boolean}
 */
function isItsOwn(target, key) {
  if (key === "Enter") {
    return target.matches("button, a, summary");
  }
  return key === " ";
}
