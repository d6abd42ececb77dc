/** The review page: brings session, drawing, keys and dialogs together. */

import { announce } from "./announce.js";
import { getJson, postJson } from "./api.js";
import { writeText } from "./comment_text.js";
import { askForText, openDialog } from "./dialogs.js";
import * as drafts from "./draft.js";
import { byId, make, own } from "./elements.js";
import { openMine, openSearch, openTalk, readRemarks } from "./finding.js";
import { keysPage } from "./keys_page.js";
import { Keys } from "./keys.js";
import { Marking } from "./marking.js";
import { newRequest, Outbox } from "./outbox.js";
import { SavedState } from "./saved_state.js";
import { sentenceOf, Session } from "./session.js";
import { themeCard } from "./theme_card.js";
import { ThemeList } from "./theme_list.js";
import { count, progressParts } from "./words.js";

/**
 * @typedef {import("./types.js").Theme} Theme
 * @typedef {import("./keys.js").Command} Command
 * @typedef {import("./comment_text.js").Mark} Mark
 */

const MANY_THEMES = 14; // from here on the suggested ones are named above the list
const REMARKS_EVERY = 120000; // milliseconds between looks for answers to flags

/** The page. */
class ReviewPage {
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
    this.marking = new Marking(this.text, byId("marking"), {
      offered: () => this.offeredThemes(),
      all: () => session.codebook.themes,
      mark: (themeId, span) => this.mark(themeId, span),
    });
    this.saved = new SavedState(session.outbox, {
      openRefused: (item) => void session.openRefused(item),
    });
    this.keys = new Keys(this.commands(), {
      pressTheme: (key) => this.pressTheme(key),
      pressPosition: (key) => this.pressPosition(key),
      untickAll: () => this.change((draft) => drafts.untickAll(draft)),
      width: () => this.numberWidth(),
      say: (sentence) => this.say(sentence),
    });
    this.list.onCurrent = () => this.draw();
    session.addEventListener("change", () => this.draw());
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
    this.draw();
  }

  // ------------------------------------------------------------ what can be done

  /** @returns {Command[]} */
  commands() {
    const { session } = this;
    /** @type {(group: string, rows: [string, string[], string, string, () => void][]) => Command[]} */
    const group = (name, rows) =>
      rows.map(([command, keys, shown, says, run]) => ({
        name: command,
        keys,
        shown,
        says,
        group: name,
        run,
      }));
    return [
      ...group("Deciding and moving", [
        ["save", ["Enter"], "Enter", "Save, and go to the next comment", () => this.save()],
        ["skip", ["s"], "s", "Skip; the comment comes back at the end", () => session.skip()],
        ["back", ["b", "ArrowLeft"], "b ←", "Back to the comment before", () => session.goBack()],
        ["forward", ["f", "ArrowRight"], "f →", "Forward", () => this.forward()],
        ["undo", ["z"], "z", "Undo the last tick or decision", () => session.undo()],
        ["redo", ["Z"], "Z", "Do again what was undone", () => session.redo()],
        ["withdraw", ["x"], "x", "Withdraw your decision on this comment", () => session.withdraw()],
        ["copies", ["c"], "c", "Choose which copies the decision is for", () => this.copies()],
      ]),
      ...group("Themes", [
        ["down", ["j", "ArrowDown"], "j ↓", "Down the list", () => this.list.move(1)],
        ["up", ["k", "ArrowUp"], "k ↑", "Up the list", () => this.list.move(-1)],
        ["add", ["a", "+"], "a +", "Find a theme by its name", () => this.filter.focus()],
        ["position", ["p"], "p", "Step through the positions", () => this.nextPosition()],
        ["unsure", ["u"], "u", "Unsure about this theme", () => this.unsure()],
        ["allUnsure", ["U"], "U", "Unsure about the whole comment", () => this.allUnsure()],
        ["define", ["d"], "d", "Definition of the theme", () => this.about(this.list.current)],
      ]),
      ...group("The comment", [
        ["mark", ["w"], "w", "Mark words: arrows, then a theme's key", () => this.beginMarking()],
        ["note", ["n"], "n", "Write a note", () => this.note()],
        ["flag", ["F"], "F", "Flag it for discussion", () => this.flag()],
        ["details", ["i"], "i", "Who wrote it, why it was chosen", () => this.details()],
        ["evidence", ["e"], "e", "Go to the next marked passage", () => this.nextEvidence()],
      ]),
      ...group("Finding", [
        ["search", ["/"], "/", "Search for comments", () => openSearch((id) => this.open(id))],
        ["mine", ["v"], "v", "My decisions", () => this.mine()],
        ["talk", ["Q"], "Q", "Flags and answers", () => this.talk()],
        ["propose", ["P"], "P", "Propose a theme", () => this.propose()],
      ]),
      ...group("The page", [
        ["look", ["l"], "l", "Light or dark", () => byId("look-switch").click()],
        ["help", ["?"], "? F1", "Keys", () => this.help()],
        ["more", [], "", "", () => this.more()],
        ["waiting", [], "", "", () => this.saved.openWaiting()],
      ]),
    ];
  }

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

  note() {
    const { draft } = this.session;
    if (draft) {
      const words = { hint: "Saved with your decision", text: draft.note, done: "Keep the note" };
      askForText("Note", words, (text) => this.change((now) => drafts.withNote(now, text)));
    }
  }

  flag() {
    const { card } = this.session;
    if (card) {
      const words = { hint: "What should be talked about?", done: "Send the flag" };
      askForText("Flag for discussion", words, (text) => {
        void this.remark("flag", card.comment_id, this.list.current, text);
      });
    }
  }

  propose() {
    const words = {
      first: "Name of the theme",
      hint: "Why is it needed? This comment is sent along as an example",
      done: "Send the proposal",
    };
    askForText("Propose a theme", words, (text, name) => {
      const commentId = this.session.card?.comment_id || "";
      void this.remark("proposal", commentId, "", [name, text].join("\n").trim());
    });
  }

  /**
   * @param {string} kind
   * @param {string} commentId
   * @param {string} themeId
   * @param {string} text
   */
  async remark(kind, commentId, themeId, text) {
    if (!text) {
      this.say("Nothing was written: nothing is sent.");
      return;
    }
    const request = newRequest();
    const body = { request, kind, comment_id: commentId, theme_id: themeId, text };
    try {
      await postJson("/api/remarks", body);
      this.say(kind === "flag" ? "The flag is sent." : "The proposal is sent to the lead.");
    } catch (error) {
      this.say(`Not sent, please write it again: ${sentenceOf(error)}`);
    }
  }

  mine() {
    openMine(this.session.codebook.themes, (commentId) => this.open(commentId));
  }

  talk() {
    openTalk((commentId) => this.open(commentId));
    const badge = byId("answers");
    badge.dataset.seen = badge.dataset.all || "0";
    badge.hidden = true;
  }

  details() {
    const { card } = this.session;
    if (!card) {
      return;
    }
    const facts = card.attributes.map(([name, value]) =>
      make("div.row", {}, make("dt.quiet", {}, name), make("dd", { dir: "auto" }, value)),
    );
    const reason = card.reason && make("p", { dir: "auto" }, card.reason);
    const list = make("dl.stack", {}, ...facts);
    const body = reason ? [reason, list] : [list];
    openDialog(card.comment_id, body, { isSheet: true });
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
    openDialog("Definition", [this.definition(theme)], { isSheet: true });
  }

  help() {
    const page = keysPage(this.commands(), this.keys.isOn, (isOn) => {
      this.keys.switchTo(isOn);
      this.drawKeySwitch();
    });
    openDialog("Keys", [page]);
  }

  more() {
    const names = ["search", "mine", "talk", "propose", "redo", "forward", "help"];
    const all = this.commands();
    const dialog = openDialog("More", [], { isSheet: true });
    const rows = names.map((name) => {
      const command = /** @type {Command} */ (all.find((each) => each.name === name));
      const run = () => {
        dialog.close();
        command.run();
      };
      return make("li", {}, make("button", { type: "button", onclick: run }, command.says));
    });
    dialog.querySelector(".dialog-body")?.append(make("ul.found", {}, ...rows));
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
    if (this.session.card) {
      this.marking.begin();
    }
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
    this.list.choose(this.firstTheme());
    this.text.scrollTop = 0;
    byId("theme-list").scrollTop = 0; // each theme stays where the hand expects it
    window.scrollTo(0, 0);
    if (!document.querySelector("dialog[open]")) {
      byId("comment-title").focus({ preventScroll: true });
    }
  }

  /** @returns {string} the first theme that is ticked or suggested: its words are marked */
  firstTheme() {
    const { card, draft, codebook } = this.session;
    const ids = codebook.themes.map((theme) => theme.id);
    const ticked = ids.find((id) => Object.hasOwn(draft?.themes || {}, id));
    const suggested = ids.find((id) => own(card?.rows || {}, id)?.suggested);
    return ticked || suggested || this.list.current;
  }

  draw() {
    const { session } = this;
    const { card, draft, progress } = session;
    byId("progress").textContent = progress ? progressParts(progress).join(" · ") : "";
    this.drawNothing();
    for (const id of ["save", "skip"]) {
      /** @type {HTMLButtonElement} */ (byId(id)).disabled = !card;
    }
    /** @type {HTMLButtonElement} */ (byId("back")).disabled = !session.canGoBack;
    /** @type {HTMLButtonElement} */ (byId("undo")).disabled = !session.history.canUndo;
    document.querySelector(".review")?.classList.toggle("is-empty", !card);
    if (!card || !draft) {
      return;
    }
    byId("comment-title").textContent = `Comment ${card.comment_id}`;
    byId("comment-facts").replaceChildren(...this.facts());
    this.list.update(card, draft);
    this.drawText();
    byId("note").textContent = draft.note;
    byId("note").hidden = !draft.note;
    this.drawCopies();
    this.drawSuggested();
    this.drawDefinition();
  }

  /** @returns {HTMLElement[]} */
  facts() {
    const { card, isSaved, isChanged } = this.session;
    const facts = (card?.attributes || [])
      .slice(0, 3)
      .map(([, value]) => make("span.chip", { dir: "auto" }, value));
    if (isSaved) {
      facts.push(make("span.chip", {}, "✓ decided"));
    } else if (isChanged && card?.saved) {
      facts.push(make("span.chip", {}, "changed, not saved"));
    }
    return facts;
  }

  drawText() {
    const { card, draft } = this.session;
    if (!card || !draft) {
      return;
    }
    const marks = [...this.modelMarks(), ...this.ownMarks()];
    const key = JSON.stringify([card.comment_id, card.text_hash, marks]);
    if (this.text.dataset.drawn !== key) {
      this.text.dataset.drawn = key; // redrawing would lose a selection
      writeText(this.text, card.text, marks);
    }
  }

  /** @returns {Mark[]} the current theme's last, so that they are seen */
  modelMarks() {
    const { card, draft, codebook } = this.session;
    /** @type {Mark[]} */
    const marks = [];
    for (const theme of codebook.themes) {
      const row = own(card?.rows || {}, theme.id);
      const isShown = row?.suggested || Object.hasOwn(draft?.themes || {}, theme.id);
      if (row?.evidence && isShown) {
        const isStrong = theme.id === this.list.current;
        marks.push({ span: row.evidence, kind: "model", key: theme.key, isStrong });
      }
    }
    return marks.sort((one, other) => Number(one.isStrong) - Number(other.isStrong));
  }

  /** @returns {Mark[]} */
  ownMarks() {
    const { draft, codebook } = this.session;
    /** @type {Mark[]} */
    const marks = [];
    for (const theme of codebook.themes) {
      const isStrong = theme.id === this.list.current;
      for (const span of own(draft?.evidence || {}, theme.id) || []) {
        marks.push({ span, kind: "own", key: theme.key, isStrong });
      }
    }
    return marks.sort((one, other) => Number(one.isStrong) - Number(other.isStrong));
  }

  drawCopies() {
    const { card, draft } = this.session;
    const button = byId("copies");
    const { same, campaign } = card?.copies || { same: 0, campaign: 0 };
    button.hidden = !same && !campaign;
    const words = {
      one: "For this comment only",
      same: `Also for ${count(same, "copy", "copies")}`,
      campaign: `Also for ${(same + campaign).toLocaleString("en")} in the campaign`,
    };
    const chosen = draft?.copies || "same";
    const none = chosen === "same" && !same;
    const said = none ? `Not for ${campaign.toLocaleString("en")} in the campaign` : words[chosen];
    button.replaceChildren(said, " ", make("kbd", {}, "c"));
  }

  /** The themes suggested or ticked, by name: in a long list they may be out of sight. */
  drawSuggested() {
    const { card, draft, codebook } = this.session;
    const line = byId("suggested");
    const shown = codebook.themes.filter((theme) => {
      const isTicked = Object.hasOwn(draft?.themes || {}, theme.id);
      return isTicked || own(card?.rows || {}, theme.id)?.suggested;
    });
    line.hidden = !shown.length;
    line.classList.toggle("is-needless", codebook.themes.length < MANY_THEMES);
    const isTicked = (/** @type {Theme} */ { id }) => Object.hasOwn(draft?.themes || {}, id);
    const key = JSON.stringify(shown.map((theme) => [theme.id, isTicked(theme)]));
    if (line.dataset.drawn === key) {
      return; // a button that is pressed keeps the focus
    }
    line.dataset.drawn = key;
    const buttons = shown.map((theme) =>
      make(
        "button.button",
        { type: "button", onclick: () => this.list.focus(theme.id) },
        make("span.key", {}, theme.key),
        make("span", { dir: "auto" }, theme.short || theme.name),
        isTicked(theme) && make("span", { role: "img", "aria-label": "ticked" }, "✓"),
      ),
    );
    line.replaceChildren(make("span.quiet.small", {}, "Suggested or ticked"), ...buttons);
  }

  drawDefinition() {
    const theme = this.session.theme(this.list.current);
    const beside = byId("definition");
    if (!theme || beside.contains(document.activeElement?.closest("button") || null)) {
      return this.drawUnsureButton();
    }
    if (beside.dataset.theme !== theme.id) {
      beside.dataset.theme = theme.id;
      beside.scrollTop = 0;
    }
    beside.replaceChildren(this.definition(theme));
  }

  /** The definition stays as it is while one of its buttons is in use. */
  drawUnsureButton() {
    const isUnsure = this.session.draft?.unsure.includes(this.list.current);
    const button = document.querySelector("#definition .unsure-button");
    button?.setAttribute("aria-pressed", String(Boolean(isUnsure)));
  }

  /**
   * @param {Theme} theme
   * @returns {HTMLElement}
   */
  definition(theme) {
    const { card, draft } = this.session;
    if (!card || !draft) {
      return themeCard(theme);
    }
    return themeCard(theme, {
      draft,
      text: card.text,
      toggleUnsure: () => this.change((now) => drafts.toggleUnsure(now, theme.id)),
      markWords: () => {
        document.querySelector("dialog")?.close();
        this.beginMarking();
      },
      removeMark: (span) => {
        this.text.focus({ preventScroll: true });
        document.querySelector("dialog")?.close();
        this.change((now) => drafts.withoutMark(now, theme.id, span));
      },
    });
  }

  /** What is said where no comment is in front. */
  drawNothing() {
    const { card, hand, outbox } = this.session;
    const line = byId("nothing");
    line.hidden = Boolean(card);
    if (card) {
      return;
    }
    byId("comment-title").textContent = "No comment";
    this.text.replaceChildren();
    delete this.text.dataset.drawn;
    if (hand.error?.isPassing) {
      line.textContent =
        "No connection to the server, and the comments fetched ahead are done. New ones come by " +
        `themselves once it is back. ${outbox.waiting.length} waiting to be sent.`;
    } else if (hand.error) {
      line.textContent = sentenceOf(hand.error);
    } else if (hand.isAtEnd) {
      line.textContent = "Nothing is left to review. Thank you.";
    } else {
      line.textContent = "Fetching comments …";
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
