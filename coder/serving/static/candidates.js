/** The candidates' workbench: decide what becomes of each group; every step is saved at once. */

import { announce } from "./announce.js";
import { ApiError, postJson } from "./api.js";
import { chooseOne, confirm, write } from "./ask.js";
import { BenchView, countOf, REST } from "./bench_view.js";
import { byId } from "./elements.js";
import { newRequestId, postUntilTaken } from "./requests.js";
import { Turns } from "./turns.js";

const API = "/api/candidates";
const KEYS = ["Enter", "d", "p", "o", "r", "g", "n", "c", "s", "t", "w", "z", "ArrowDown", "ArrowUp"];

/** The page, and what the lead does on it. */
class CandidatesPage {
  constructor() {
    this.turns = new Turns();
    const { turns } = this;
    this.view = new BenchView({
      select: (id) => turns.take(() => this.select(id).then(() => showGroupOnPhone())),
      act: (name) => turns.take(() => this.act(name)),
      merge: (id) => turns.take(() => this.step({ do: "merge", groups: [this.selected, id] })),
      example: (id) => turns.take(() => this.step({ do: "example", group: this.selected, comment: id })),
    });
    /** @type {any} */
    this.board = null;
    /** @type {any} */
    this.group = null;
    this.selected = "";
  }

  async start() {
    const buttons = {
      undo: () => this.step({ do: "undo" }),
      redo: () => this.step({ do: "redo" }),
      write: () => this.write(),
      more: () => this.more(),
      leave: () => this.leave(),
    };
    for (const [id, act] of Object.entries(buttons)) {
      byId(id).addEventListener("click", () => this.turns.take(act));
    }
    document.addEventListener("keydown", (event) => this.press(event));
    const letters = /** @type {HTMLInputElement} */ (byId("use-letters"));
    letters.checked = window.localStorage.getItem("coder.letters") !== "off";
    letters.addEventListener("change", () => {
      window.localStorage.setItem("coder.letters", letters.checked ? "on" : "off");
    });
    await this.turns.take(() => this.begin({}));
  }

  /**
   * Do something with the server; say what is wrong.
   *
   * @param {() => Promise<void>} work
   */
  async attempt(work) {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      this.view.notice(`${error.problem}. ${error.next}`, error.status !== 404);
      if (error.body?.holder) {
        const act = () => this.turns.take(() => this.begin({ take_over: true }));
        this.view.showChoices([{ label: "Take over the workbench", act }]);
      }
    }
  }

  /** @param {object} wish */
  async begin(wish) {
    await this.attempt(async () => {
      const board = await this.ask("begin", wish);
      this.view.showChoices([]);
      await this.take(board);
      this.offerChoices(board);
    });
  }

  /** @param {any} board */
  offerChoices(board) {
    const choices = [];
    if (board.kinds.length > 1) {
      const kind = board.kind === "all" ? "beyond" : "all";
      const label =
        kind === "all" ? "Show the candidates of all comments" : "Show the candidates beyond the codebook";
      choices.push({ label, act: () => this.turns.take(() => this.begin({ kind })) });
    }
    if (board.regrouped) {
      this.view.notice("The comments were grouped again since this work began.");
      const answer = (/** @type {string} */ does) =>
        this.turns.take(async () => {
          await this.step({ do: does });
          this.view.showChoices([]);
        });
      const take = () => answer("take new");
      const keep = () => answer("keep old");
      choices.push({ label: "Take the new candidates for what is open", act: take });
      choices.push({ label: "Go on with the old ones", act: keep });
    }
    this.view.showChoices(choices);
  }

  /**
   * Show a board, and the group chosen on it.
   *
   * @param {any} board
   */
  async take(board) {
    this.board = board;
    this.view.notice(board.message || "", Boolean(board.stale));
    const ids = board.groups.map((/** @type {any} */ one) => one.id);
    if (board.touched && ids.includes(board.touched)) {
      this.selected = board.touched;
    }
    if (this.selected !== REST && !ids.includes(this.selected)) {
      const open = board.groups.find((/** @type {any} */ one) => one.standing === "open");
      this.selected = (open || board.groups[0])?.id || REST;
    }
    this.view.showBoard(board, this.selected);
    await this.showGroup();
  }

  async showGroup() {
    this.group = await postJson(`${API}/group`, { group: this.selected });
    this.view.showGroup(this.group);
  }

  /** @param {string} id */
  async select(id) {
    await this.attempt(async () => {
      this.selected = id;
      this.view.showBoard(this.board, id);
      this.view.notice("");
      await this.showGroup();
    });
  }

  async more() {
    await this.attempt(async () => {
      const start = byId("comments").children.length;
      this.view.addComments(await postJson(`${API}/group`, { group: this.selected, start }));
    });
  }

  /** @param {object} words */
  async step(words) {
    await this.attempt(async () => {
      const board = await this.send(words);
      await this.take(board);
      announce(board.message);
    });
  }

  /**
   * Take a step, sent until it is taken; a split by view may take the model half a minute.
   *
   * @param {object} words
   * @returns {Promise<any>} the board after it
   */
  send(words) {
    const body = { request: newRequestId(), revision: this.board.revision, words };
    return this.ask("step", body);
  }

  /**
   * @param {string} path
   * @param {object} body
   */
  async ask(path, body) {
    try {
      return await postUntilTaken(`${API}/${path}`, body, (error) => {
        this.turns.isStuck = true;
        this.view.notice(`Not done yet: ${error.problem}. It is tried again.`, true);
      });
    } finally {
      this.turns.isStuck = false;
    }
  }

  /**
   * Decide what becomes of the group, and go on to the next that is open.
   *
   * @param {string} standing
   */
  async stand(standing) {
    const open = this.board.groups.filter((/** @type {any} */ one) => one.standing === "open");
    const place = open.findIndex((/** @type {any} */ one) => one.id === this.selected);
    const next = place >= 0 ? (open[place + 1] || open[place - 1])?.id : null;
    const group = this.selected;
    await this.attempt(async () => {
      const board = await this.send({ do: "stand", group, standing });
      if (next && !board.stale && standing !== "open") {
        this.selected = next;
      }
      await this.take(board);
      announce(board.message);
    });
  }

  /** @param {string} name */
  async act(name) {
    const acts = {
      theme: () => this.stand("theme"),
      later: () => this.stand("later"),
      dropped: () => this.stand("dropped"),
      open: () => this.stand("open"),
      rename: () => this.rename(),
      merge: () => this.mergeWith(),
      split: () => this.split(),
      nest: () => this.nest(),
      describe: () => this.describe(),
      move: () => this.move(),
    };
    await acts[/** @type {keyof typeof acts} */ (name)]();
  }

  get isRest() {
    return this.selected === REST;
  }

  /** @param {(group: any) => boolean} isOffered */
  others(isOffered) {
    return this.board.groups
      .filter((/** @type {any} */ one) => one.id !== this.selected && isOffered(one))
      .map((/** @type {any} */ one) => ({ id: one.id, name: one.name, facts: `${one.size}` }));
  }

  async rename() {
    const { name, names } = this.group;
    const proposals = names.filter((/** @type {string} */ one) => one !== name).slice(0, 8);
    const fields = [{ name: "name", label: "Name", value: name, proposals, required: true }];
    const answer = await write(`Rename ${name}`, fields, "Rename");
    if (answer && answer.name.trim() && answer.name !== name) {
      await this.step({ do: "rename", group: this.selected, name: answer.name });
    }
  }

  async mergeWith() {
    const target = await chooseOne(`Merge ${this.group.name} with`, this.others(() => true));
    if (target) {
      await this.step({ do: "merge", groups: [this.selected, target] });
    }
  }

  async split() {
    /** @type {string[]} */
    let ways = [];
    await this.attempt(async () => {
      this.view.notice("looking for parts …");
      const marked = [...this.view.marked];
      ways = (await this.ask("splits", { group: this.selected, marked })).splits;
      this.view.notice(ways.length ? "" : "It has no sub-groups: mark some comments first.");
    });
    if (!ways.length) {
      return;
    }
    const options = ways.map((way, number) => ({ id: String(number), name: way }));
    const chosen = await chooseOne(`Split ${this.group.name}`, options);
    if (chosen !== null) {
      await this.step({ do: "split", group: this.selected, number: Number(chosen) });
    }
  }

  async nest() {
    const themes = this.others((one) => one.standing === "theme");
    const options = this.group.parent_id ? [{ id: "", name: "No theme: at the top" }, ...themes] : themes;
    const parent = await chooseOne(`Put ${this.group.name} under`, options);
    if (parent !== null) {
      await this.step({ do: "nest", group: this.selected, parent });
    }
  }

  async describe() {
    const group = this.group;
    const joined = (/** @type {string[]} */ items) => items.join("; ");
    const hint = "with ; between them";
    const answer = await write(
      group.name,
      [
        { name: "definition", label: "Definition: who belongs here, in a sentence", value: group.definition, lines: 3 },
        { name: "includes", label: "Includes", value: joined(group.includes), hint },
        { name: "excludes", label: "Excludes", value: joined(group.excludes), hint },
        { name: "keywords", label: "Keywords: words that people really use", value: joined(group.keywords), hint },
      ],
      "Keep",
    );
    if (answer) {
      const items = (/** @type {string} */ typed) => typed.split(";").filter((one) => one.trim());
      await this.step({
        do: "describe",
        group: group.id,
        definition: answer.definition,
        includes: items(answer.includes),
        excludes: items(answer.excludes),
        keywords: items(answer.keywords),
      });
    }
  }

  async move() {
    const comments = [...this.view.marked];
    if (!comments.length) {
      this.view.notice("Mark comments first: tick the boxes before them.");
      return;
    }
    const options = [...this.others(() => true)];
    if (!this.isRest) {
      options.push({ id: REST, name: "No group: they belong to none of them", facts: "" });
    }
    const target = await chooseOne(`Move ${comments.length} to`, options);
    if (target !== null) {
      await this.step({ do: "move", comments, source: this.selected, target });
    }
  }

  async write() {
    const sentences = [
      `${countOf(this.board.themes, "theme")} into ${this.board.into}.`,
      "A codebook with lines of its own keeps them; themes that it does not have are added. " +
        "Reviewers who are at work hear that the codebook has changed.",
    ];
    if (await confirm("Write the codebook", sentences, "Write")) {
      await this.step({ do: "write" });
    }
  }

  async leave() {
    await this.attempt(async () => {
      await postJson(`${API}/leave`, {});
      byId("bench").hidden = true;
      this.view.notice("The workbench is closed here. Every step is saved.");
      this.view.showChoices([{ label: "Open it again", act: () => this.turns.take(() => this.begin({})) }]);
    });
  }

  /** @param {number} by */
  moveSelection(by) {
    const ids = [...this.board.groups.map((/** @type {any} */ one) => one.id), REST];
    const place = ids.indexOf(this.selected);
    const next = ids[(place + by + ids.length) % ids.length];
    return this.select(next);
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const letters = /** @type {HTMLInputElement} */ (byId("use-letters"));
    const isOwn = target.closest("input:not([type=checkbox]), textarea, select, dialog");
    if (event.ctrlKey || event.metaKey || event.altKey || isOwn || !this.board) {
      return;
    }
    if (event.key.length === 1 && !letters.checked) {
      return;
    }
    if (event.key === "Enter" && target.closest("button:not(.group-line), a, summary, input")) {
      return; // the control's own
    }
    if (/^[1-9]$/.test(event.key) || KEYS.includes(event.key)) {
      event.preventDefault();
      const { key } = event;
      this.turns.take(() => this.takeKey(key)); // what it does may depend on the key before
    }
  }

  /** @param {string} key */
  async takeKey(key) {
    const near = this.group?.near?.[Number(key) - 1];
    if (near) {
      await this.step({ do: "merge", groups: [this.selected, near.id] });
      return;
    }
    const keys = this.keys();
    if (Object.hasOwn(keys, key)) {
      await keys[key]();
    }
  }

  /** @returns {Object<string, () => unknown>} */
  keys() {
    /** @type {Object<string, () => unknown>} */
    const keys = {
      s: () => this.split(),
      t: () => this.move(),
      w: () => this.write(),
      z: () => this.step({ do: "undo" }),
      ArrowDown: () => this.moveSelection(1),
      ArrowUp: () => this.moveSelection(-1),
    };
    if (!this.isRest) {
      keys.Enter = () => this.stand("theme");
      keys.d = () => this.stand("dropped");
      keys.p = () => this.stand("later");
      keys.o = () => this.stand("open");
      keys.r = () => this.rename();
      keys.g = () => this.mergeWith();
      keys.n = () => this.nest();
      keys.c = () => this.describe();
    }
    return keys;
  }
}

/** On a narrow screen the group chosen stands below the list. */
function showGroupOnPhone() {
  if (window.matchMedia("(max-width: 60rem)").matches) {
    byId("group").scrollIntoView({ block: "start" });
  }
}

new CandidatesPage().start();
