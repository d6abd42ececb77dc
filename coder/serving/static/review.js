/** The review page: brings session, drawing, keys and dialogs together. */

import { announce } from "./announce.js";
import { getJson } from "./api.js";
import { commandTable } from "./command_table.js";
import { openDialog } from "./dialogs.js";
import * as drafts from "./draft.js";
import { Drawing } from "./drawing.js";
import { byId, own } from "./elements.js";
import { openTalk, readRemarks } from "./finding.js";
import { keysPage } from "./keys_page.js";
import { Keys } from "./keys.js";
import { Marking } from "./marking.js";
import { Outbox } from "./outbox.js";
import { SavedState } from "./saved_state.js";
import { sentenceOf, Session } from "./session.js";
import { ThemeList } from "./theme_list.js";

/**
 * @typedef {import("./types.js").Theme} Theme
 * @typedef {import("./keys.js").Command} Command
 */

const REMARKS_EVERY = 120000; // milliseconds between looks for answers to flags

/** The page. */
export class ReviewPage {
  /** @param {Session} session */
  constructor(session) {
    this.session = session;
    this.text = byId("comment-text");
    this.filter = /** @type {HTMLInputElement} */ (byId("theme-filter"));
    this.list = new ThemeList(byId("theme-list"), {
      tick: (themeId) => this.tick(themeId),
      tickPosition: (themeId, positionId) => this.tickPosition(themeId, positionId),
      about: (themeId) => this.about(themeId),
    });
    this.drawing = new Drawing(session, this.list, {
      toggleUnsure: (themeId) => this.change((draft) => drafts.toggleUnsure(draft, themeId)),
      markWords: () => this.beginMarking(),
      removeMark: (themeId, span) => this.removeMark(themeId, span),
    });
    this.marking = new Marking(this.text, byId("marking"), {
      offered: () => this.offeredThemes(),
      all: () => session.codebook.themes,
      mark: (themeId, span) => this.mark(themeId, span),
      say: (sentence) => this.say(sentence),
    });
    this.saved = new SavedState(session.outbox, {
      openRefused: (item) => void session.openRefused(item),
    });
    /** @type {Command[]} */
    this.commands = commandTable(this);
    this.keys = new Keys(this.commands, {
      pressTheme: (key) => this.pressTheme(key),
      pressPosition: (key) => this.pressPosition(key),
      untickAll: () => this.change((draft) => drafts.untickAll(draft)),
      width: () => this.numberWidth(),
      say: (sentence) => this.say(sentence),
    });
    this.list.onCurrent = () => this.drawing.draw();
    session.addEventListener("change", () => this.drawing.draw());
    session.addEventListener("move", () => this.moved());
    session.addEventListener("codebook", () => this.build());
    session.addEventListener("say", (event) => this.say(detailOf(event)));
    session.addEventListener("saved", (event) => this.saved.saved(detailOf(event)));
    document.addEventListener("click", (event) => this.clicked(event));
    this.filter.addEventListener("input", () => this.filterThemes());
    this.filter.addEventListener("keydown", (event) => this.filterKey(event));
    window.addEventListener("beforeunload", (event) => {
      if (session.isChanged) {
        event.preventDefault();
      }
    });
    this.drawKeySwitch();
    this.build();
  }

  /** The list of themes, of the codebook as it is now. */
  build() {
    this.list.build(this.session.codebook.themes);
    this.text.lang = this.session.codebook.language;
    this.drawing.draw();
  }

  // ------------------------------------------------------------ what can be done

  /** @param {(draft: import("./types.js").Draft) => import("./types.js").Draft} change */
  change(change) {
    const { draft } = this.session;
    if (draft) {
      this.session.change(change(draft));
    }
  }

  /** @param {string} themeId */
  tick(themeId) {
    const { card } = this.session;
    if (!card) {
      return;
    }
    this.say("");
    this.list.choose(themeId);
    this.change((draft) => drafts.toggleTheme(draft, card, themeId));
    this.list.reveal(themeId);
  }

  /**
   * @param {string} themeId
   * @param {string} positionId
   */
  tickPosition(themeId, positionId) {
    const theme = this.session.theme(themeId);
    if (theme) {
      this.list.choose(themeId);
      this.change((draft) => drafts.togglePosition(draft, theme, positionId));
    }
  }

  /**
   * @param {string} themeId
   * @param {import("./types.js").Span} span
   */
  mark(themeId, span) {
    const { card } = this.session;
    const theme = this.session.theme(themeId);
    if (card && theme) {
      this.list.choose(themeId);
      this.change((draft) => drafts.withMark(draft, card, themeId, span));
      this.say(`Marked for ${theme.short || theme.name}.`);
    }
  }

  /**
   * @param {string} key
   * @returns {boolean}
   */
  pressTheme(key) {
    const theme = this.session.codebook.themes.find((each) => each.key === key);
    if (!theme || !own(this.session.card?.rows || {}, theme.id)) {
      return false;
    }
    if (this.marking.span) {
      this.marking.mark(theme.id);
    } else {
      this.tick(theme.id);
      this.tell(theme);
    }
    return true;
  }

  /**
   * @param {string} key
   * @returns {boolean}
   */
  pressPosition(key) {
    const theme = this.session.theme(this.list.current);
    const position = theme?.positions.find((each) => each.key && each.key === key);
    if (theme && position) {
      this.tickPosition(theme.id, position.id);
      this.tell(theme);
    }
    return Boolean(position);
  }

  /** @returns {number} digits of the themes' numbers */
  numberWidth() {
    return Math.max(1, ...this.session.codebook.themes.map((theme) => theme.key.length));
  }

  save() {
    if (this.session.card) {
      this.say("");
      this.marking.end();
      this.session.save();
    }
  }

  forward() {
    if (this.session.card && !this.session.isSaved) {
      this.session.skip();
    } else {
      this.session.goForward();
    }
  }

  unsure() {
    this.change((draft) => drafts.toggleUnsure(draft, this.list.current));
  }

  allUnsure() {
    const scope = this.session.card?.scope || [];
    this.change((draft) => drafts.toggleAllUnsure(draft, scope));
  }

  nextPosition() {
    const theme = this.session.theme(this.list.current);
    if (theme?.positions.length) {
      this.change((draft) => drafts.nextPosition(draft, theme));
      this.tell(theme);
    } else {
      this.say("This theme has no positions.");
    }
  }

  copies() {
    const { card } = this.session;
    if (!card || (!card.copies.same && !card.copies.campaign)) {
      this.say("There are no copies of this comment.");
      return;
    }
    this.change((draft) => drafts.nextCopies(draft, card));
  }

  /** @param {string} commentId */
  open(commentId) {
    void this.session.open(commentId);
  }

  // ------------------------------------------------------------ dialogs

  talk() {
    openTalk((commentId) => this.open(commentId));
    const badge = byId("answers");
    badge.dataset.seen = badge.dataset.all || "0";
    badge.hidden = true;
  }

  /** @param {string} themeId */
  about(themeId) {
    const theme = this.session.theme(themeId);
    if (!theme) {
      return;
    }
    this.list.choose(themeId);
    const beside = byId("definition");
    if (beside.offsetParent !== null) {
      beside.focus({ preventScroll: true });
      return;
    }
    openDialog("Definition", [this.drawing.definition(theme)], { isSheet: true });
  }

  help() {
    const page = keysPage(this.commands, this.keys.isOn, (isOn) => {
      this.keys.switchTo(isOn);
      this.drawKeySwitch();
    });
    openDialog("Keys", [page]);
  }

  // ------------------------------------------------------------ finding a theme

  filterThemes() {
    const shown = this.list.filter(this.filter.value);
    byId("no-theme-found").hidden = shown.length > 0;
  }

  /** @param {KeyboardEvent} event */
  filterKey(event) {
    if (event.key === "Escape" || (event.key === "Enter" && !event.ctrlKey)) {
      event.preventDefault();
      const [first] = this.filter.value.trim() ? this.list.filter(this.filter.value) : [];
      this.filter.value = "";
      this.filterThemes();
      if (event.key === "Enter" && first) {
        this.tick(first);
      }
      this.list.focus(first || this.list.current);
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      this.list.move(1);
    }
  }

  // ------------------------------------------------------------ marking words

  beginMarking() {
    document.querySelector("dialog")?.close();
    if (this.session.card) {
      this.marking.begin();
    }
  }

  /**
   * @param {string} themeId
   * @param {import("./types.js").Span} span
   */
  removeMark(themeId, span) {
    document.querySelector("dialog")?.close();
    this.text.focus({ preventScroll: true });
    this.change((draft) => drafts.withoutMark(draft, themeId, span));
  }

  /** @returns {Theme[]} the current theme and those that are ticked */
  offeredThemes() {
    const { draft, codebook } = this.session;
    const current = this.list.current;
    const ids = new Set([current, ...Object.keys(draft?.themes || {})]);
    const themes = codebook.themes.filter((theme) => ids.has(theme.id));
    return themes.sort((one, other) => Number(other.id === current) - Number(one.id === current));
  }

  nextEvidence() {
    const marks = [...this.text.querySelectorAll("mark")];
    const top = this.text.getBoundingClientRect().top;
    const below = marks.find((mark) => mark.getBoundingClientRect().top > top + 60);
    const next = below || marks[0];
    next?.scrollIntoView({ block: "center" });
    this.say(next ? `“${(next.textContent || "").slice(0, 80)}”` : "Nothing is marked.");
  }

  // ------------------------------------------------------------ drawing

  /** @param {MouseEvent} event */
  clicked(event) {
    const button = /** @type {Element} */ (event.target).closest("[data-command]");
    if (button instanceof HTMLElement) {
      this.keys.run(button.dataset.command || "");
    }
  }

  /** Another comment is in front. */
  moved() {
    this.marking.end();
    this.list.choose(this.drawing.firstTheme());
    this.text.scrollTop = 0;
    byId("theme-list").scrollTop = 0; // each theme stays where the hand expects it
    window.scrollTo(0, 0);
    if (!document.querySelector("dialog[open]")) {
      byId("comment-title").focus({ preventScroll: true });
    }
  }

  drawKeySwitch() {
    document.body.classList.toggle("no-keys", !this.keys.isOn);
  }

  /** @param {Theme} theme */
  tell(theme) {
    const { draft } = this.session;
    const positions = own(draft?.themes || {}, theme.id);
    const names = (positions || []).map(
      (id) => theme.positions.find((position) => position.id === id)?.name || "",
    );
    const state = positions ? "ticked" : "not ticked";
    announce([`${theme.short || theme.name}: ${state}`, ...names].join(", "));
  }

  /** @param {string} sentence */
  say(sentence) {
    byId("sentence").textContent = sentence;
    if (sentence) {
      announce(sentence);
    }
  }

  /** Look for answers to this reviewer's flags now and then. */
  async watchAnswers() {
    try {
      const remarks = await readRemarks();
      const answers = remarks.filter((remark) => remark.kind === "answer" && !remark.mine).length;
      const badge = byId("answers");
      const before = Number(badge.dataset.seen || "0");
      badge.textContent = String(answers - before);
      badge.hidden = answers <= before;
      badge.dataset.all = String(answers);
    } catch (error) {
      sentenceOf(error); // a fault of the page is not hidden; no connection is told elsewhere
    }
    setTimeout(() => void this.watchAnswers(), REMARKS_EVERY);
  }
}

/**
 * @param {Event} event
 * @returns {any}
 */
function detailOf(event) {
  return /** @type {CustomEvent} */ (event).detail;
}

async function start() {
  const place = byId("review").dataset.place || "";
  const outbox = new Outbox(place);
  try {
    const codebook = await getJson("/api/codebook");
    const session = new Session(codebook, outbox);
    const page = new ReviewPage(session);
    outbox.sendNow();
    await session.begin();
    void page.watchAnswers();
  } catch (error) {
    byId("nothing").hidden = false;
    byId("nothing").textContent = `${sentenceOf(error)} Load the page again to go on.`;
  }
}

void start();
