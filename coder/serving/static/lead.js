/** The lead's page. It looks for news by itself; what is being typed is never touched. */

import { announce } from "./announce.js";
import { ApiError, getJson, postJson } from "./api.js";
import { ask, confirm } from "./ask.js";
import { byId, make } from "./elements.js";
import { momentOf } from "./figures.js";
import * as tables from "./lead_tables.js";
import { Threads } from "./lead_threads.js";

const EVERY = 5000; // milliseconds

/** The page, and what the lead does on it. */
class LeadPage {
  constructor() {
    /** @type {Map<string, string>} what each part shows now */
    this.shown = new Map();
    /** @type {Map<string, string>} */
    this.names = new Map();
    this.threads = new Threads(
      (about, text) => postJson("/api/lead/answer", { about, text }),
      (id) => this.showComment(id),
    );
  }

  start() {
    byId("new-link").addEventListener("submit", (event) => this.makeLink(event));
    byId("copy-link").addEventListener("click", () => this.copyLink());
    byId("close-link").addEventListener("click", () => {
      byId("made-link").hidden = true;
      /** @type {HTMLInputElement} */ (byId("made-link-address")).value = "";
    });
    byId("hide-names").addEventListener("change", () => this.keepOptions());
    byId("assign").addEventListener("submit", (event) => this.assign(event));
    this.attempt(() => this.readNames()).then(() => this.look());
  }

  /** The names of themes and positions, by what the figures call them. */
  async readNames() {
    const { themes } = await getJson("/api/codebook");
    for (const theme of themes) {
      this.names.set(theme.id, theme.short);
      for (const position of theme.positions) {
        this.names.set(`${theme.id}=${position.id}`, `${theme.short} = ${position.name}`);
      }
    }
    const choices = themes.map((/** @type {any} */ one) => make("option", { value: one.id }, one.short));
    byId("plan-theme").append(...choices);
  }

  /** Look for news, now and later again. */
  async look() {
    try {
      this.takeWork(await getJson("/api/lead/work"));
      this.takeFigures(await getJson("/api/lead/figures"));
      this.notice("");
    } catch (error) {
      this.tell(error);
    }
    setTimeout(() => this.look(), EVERY);
  }

  /** @param {string} sentence */
  notice(sentence) {
    byId("notice").hidden = !sentence;
    if (byId("notice").textContent !== sentence) {
      byId("notice").textContent = sentence;
    }
  }

  /** @param {unknown} error */
  tell(error) {
    if (!(error instanceof ApiError)) {
      throw error;
    }
    this.notice(`${error.problem}. ${error.next}`);
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
      this.tell(error);
    }
  }

  /**
   * Draw a part where it shows something new, and nobody types in it.
   *
   * @param {string} id
   * @param {any} facts - what it is drawn from
   * @param {() => Node[]} draw
   */
  part(id, facts, draw) {
    const state = JSON.stringify(facts);
    const element = byId(id);
    const active = document.activeElement;
    const focused = element.contains(active) ? active : null;
    if (this.shown.get(id) === state || focused?.matches("input, textarea, select")) {
      return;
    }
    this.shown.set(id, state);
    element.replaceChildren(...draw());
    if (focused) {
      const again = [...element.querySelectorAll(focused.tagName)];
      const same = again.find((one) => one.textContent === focused.textContent);
      /** @type {HTMLElement} */ (same || again[0])?.focus();
    }
  }

  /** @param {any} made */
  takeFigures(made) {
    const { figures } = made;
    this.showWhen(made);
    if (!figures) {
      return;
    }
    const { status } = figures;
    this.part("overview", status, () => tables.overviewOf(status));
    this.part("notes", figures.notes, () => figures.notes.map((/** @type {string} */ note) => make("p.small", {}, note)));
    this.part("themes", figures, () => tables.themesOf(figures));
    this.part("reviewers", status.reviewers, () => tables.reviewersOf(status));
    this.part("agreement", [figures.agreement, figures.no_agreement], () => tables.agreementOf(figures, this.names));
    this.part("assignments", status.assignments || [], () =>
      tables.assignmentsOf(status.assignments || [], this.names, (name) => this.withdrawPlan(name)),
    );
    this.part("drift", status.drift || [], () => tables.driftOf(status));
    this.part("assistance", status.assistance || [], () => tables.assistanceOf(status));
    byId("drift-part").hidden = !status.drift?.length && !status.assistance?.length;
  }

  /** @param {any} made */
  showWhen(made) {
    let words = made.made_at ? `counted ${momentOf(made.made_at)}` : "counting …";
    if (made.made_at && !made.is_current) {
      words += made.is_working ? ", counting anew …" : ", something changed since";
    }
    if (made.problem) {
      words = made.problem;
    }
    if (byId("made").textContent !== words) {
      byId("made").textContent = words;
    }
  }

  /** @param {any} work */
  takeWork(work) {
    this.part("disputes", [work.disputes, work.dispute_count], () =>
      tables.disputesOf(work.disputes, work.dispute_count, (id) => openDispute(id)),
    );
    this.part("links", [work.links, work.you], () => this.linksOf(work));
    this.threads.show(work.threads);
    const box = /** @type {HTMLInputElement} */ (byId("hide-names"));
    if (document.activeElement !== box) {
      box.checked = work.hide_names;
    }
  }

  /**
   * @param {any} work
   * @returns {Node[]}
   */
  linksOf(work) {
    const lines = work.links.map((/** @type {any} */ link) => {
      const end = link.holds
        ? `until ${momentOf(link.expires_at)}`
        : link.is_withdrawn
          ? "withdrawn"
          : `ended ${momentOf(link.expires_at)}`;
      const who = make("span", { dir: "auto" }, make("strong", {}, link.name), ` ${link.role}, ${end}`);
      const withdraw = make(
        "button.button-alarm",
        { type: "button", onclick: () => this.withdraw(link.name, work.you) },
        "Withdraw",
        make("span.visually-hidden", {}, ` the link of ${link.name}`),
      );
      return make("li", {}, who, link.holds && withdraw);
    });
    return [make("ul.plain", {}, ...lines)];
  }

  /**
   * @param {string} name
   * @param {string} you
   */
  async withdraw(name, you) {
    const sentences = [`The link of ${name} ends at once, and so does what they have open. What they decided stays.`];
    if (name === you) {
      sentences.push("This is your own link: you are out then, too.");
    }
    if (await confirm(`Withdraw the link of ${name}?`, sentences, "Withdraw the link")) {
      await this.attempt(async () => {
        await postJson("/api/lead/withdraw", { name });
        announce(`the link of ${name} is withdrawn`);
        this.takeWork(await getJson("/api/lead/work"));
      });
    }
  }

  /** @param {Event} event */
  async makeLink(event) {
    event.preventDefault();
    const box = /** @type {HTMLInputElement} */ (byId("link-name"));
    const role = /** @type {HTMLSelectElement} */ (byId("link-role")).value;
    const days = Number(/** @type {HTMLInputElement} */ (byId("link-days")).value);
    await this.attempt(async () => {
      const made = await postJson("/api/lead/link", { name: box.value.trim(), role, days });
      byId("made-link").hidden = false;
      byId("made-link-words").textContent = `For ${made.name}: give it to nobody else.`;
      const address = /** @type {HTMLInputElement} */ (byId("made-link-address"));
      address.value = `${window.location.origin}${made.path}`;
      address.focus();
      address.select();
      box.value = "";
      this.notice("");
      this.takeWork(await getJson("/api/lead/work"));
    });
  }

  async copyLink() {
    const address = /** @type {HTMLInputElement} */ (byId("made-link-address"));
    address.select();
    try {
      await navigator.clipboard.writeText(address.value);
      announce("copied");
    } catch {
      announce("select it and copy it by hand");
    }
  }

  /** @param {Event} event */
  async assign(event) {
    event.preventDefault();
    const valueOf = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (byId(id)).value.trim();
    const draw = valueOf("plan-draw");
    await this.sendPlan({
      name: valueOf("plan-name"),
      reviewers: valueOf("plan-reviewers")
        .split(",")
        .map((name) => name.trim())
        .filter(Boolean),
      draw: draw ? Number(draw) : null,
      twice: Number(valueOf("plan-twice")),
      theme: valueOf("plan-theme"),
      due: valueOf("plan-due"),
      blind: /** @type {HTMLInputElement} */ (byId("plan-blind")).checked,
    });
  }

  /** @param {object} plan */
  async sendPlan(plan) {
    const box = byId("assigned");
    box.hidden = false;
    box.textContent = "assigning …";
    await this.attempt(async () => {
      const done = await postJson("/api/lead/assign", plan);
      const parts = done.parts.map((/** @type {any} */ part) => `${part.reviewer} ${part.comments}`);
      const what = done.withdrawn ? "Taken back" : done.is_new ? "Assigned" : "Assigned before, nothing changed";
      box.textContent = `${what}: ${parts.join(", ")} comments. ${done.notes.map(sentenceOf).join(" ")}`;
      this.notice("");
    });
    if (box.textContent === "assigning …") {
      box.hidden = true;
    }
  }

  /** @param {string} name */
  async withdrawPlan(name) {
    const sentences = ["What was decided stays. Comments that are left go back to the usual queue."];
    if (await confirm(`Withdraw “${name}”?`, sentences, "Withdraw the plan")) {
      await this.sendPlan({ name, withdraw: true });
    }
  }

  async keepOptions() {
    const hide_names = /** @type {HTMLInputElement} */ (byId("hide-names")).checked;
    await this.attempt(async () => {
      await postJson("/api/lead/options", { hide_names });
      announce("kept");
    });
  }

  /** @param {string} commentId */
  async showComment(commentId) {
    await this.attempt(async () => {
      const { text } = await postJson("/api/lead/comment", { comment_id: commentId });
      const words = make("p.comment-words", { dir: "auto" }, text);
      await ask(commentId, [words], "Close", () => true);
    });
  }
}

/** @param {string} words */
function sentenceOf(words) {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** @param {string} id - of a comment that the page of disputes shows first */
function openDispute(id) {
  window.sessionStorage.setItem("coder.disputes.open", JSON.stringify(id));
  window.location.assign("/adjudicate");
}

new LeadPage().start();
