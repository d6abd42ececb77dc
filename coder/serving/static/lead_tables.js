/** The lead's figures as tables. All of them are those of `coder review --status` and `coder agree`. */

import { make } from "./elements.js";
import { intervalDrawing, measureOf, momentOf, numberOf, percentOf, table, timeOf } from "./figures.js";

const OVERALL = new Map([
  ["pooled", "all themes pooled"],
  ["mean", "mean of themes"],
  ["sets", "label sets (MASI)"],
]);

/**
 * @param {any} status
 * @returns {Node[]}
 */
export function overviewOf(status) {
  const { analysed, decided, partly, disputed, more, half_width: half } = status;
  const bar = make("progress", { max: Math.max(1, analysed), value: decided, "aria-label": "comments decided" });
  return [
    fact(`${numberOf(decided)} of ${numberOf(analysed)}`, "analysed comments decided", bar),
    fact(numberOf(partly), "decided in part"),
    fact(numberOf(disputed), "in dispute"),
    fact(numberOf(more), `more random reviews, and every theme is known to ±${numberOf(100 * half)} points`),
  ];
}

/**
 * @param {string} figure
 * @param {string} words
 * @param {Node} [beside]
 */
function fact(figure, words, beside) {
  return make("div.lead-fact", {}, make("strong", {}, figure), beside, make("p", {}, words));
}

/**
 * @param {any} figures
 * @returns {Node[]}
 */
export function themesOf(figures) {
  const themes = figures.status.themes;
  const largest = Math.max(0.01, ...themes.map((/** @type {any} */ one) => one.high ?? one.share ?? 0));
  const rows = themes.map((/** @type {any} */ one) => [
    one.name,
    percentOf(one.share),
    one.low === null ? "–" : `${percentOf(one.low)} – ${percentOf(one.high)}`,
    intervalDrawing(one.share, one.low, one.high, largest),
    numberOf(one.more),
    numberOf(one.present),
    numberOf(one.decided),
    numberOf(one.random),
  ]);
  const drawn = make("span.visually-hidden", {}, "drawn");
  const names = ["theme", "share", "95% interval", drawn, "more reviews", "present", "decided", "at random"];
  const columns = names.map((name) => ({ name }));
  const how = figures.is_coded
    ? "from the decisions and what the model expects of the rest, corrected by the random reviews"
    : "from the random reviews";
  const half = numberOf(100 * figures.status.half_width);
  const note =
    `Share: of all analysed comments, ${how}. More reviews: random ones, until the share is known ` +
    `to plus or minus ${half} points.`;
  return [table("Themes: shares and intervals", columns, rows), make("p.quiet.small", {}, note)];
}

/**
 * @param {any} status
 * @returns {Node[]}
 */
export function reviewersOf(status) {
  if (!status.reviewers.length) {
    return [make("p.quiet", {}, "Nobody has decided anything yet.")];
  }
  const rows = status.reviewers.map((/** @type {any} */ one) => [
    one.reviewer,
    numberOf(one.comments),
    numberOf(one.blind),
    numberOf(one.assisted),
    numberOf(one.random),
    numberOf(one.adjudicated),
    one.seconds === null ? "–" : `${numberOf(one.seconds)} s`,
    momentOf(one.last),
  ]);
  const names = ["reviewer", "comments", "blind", "assisted", "random", "settled", "each", "last"];
  return [table("Reviewers", names.map((name) => ({ name })), rows)];
}

/**
 * @param {any[]} workloads
 * @param {Map<string, string>} names
 * @param {(name: string) => void} withdraw
 * @returns {Node[]}
 */
export function assignmentsOf(workloads, names, withdraw) {
  if (!workloads.length) {
    return [make("p.quiet", {}, "Nothing is assigned: everybody takes comments from the usual queue.")];
  }
  const rows = workloads.map((one) => [
    one.reviewer,
    one.name,
    howOf(one, names),
    `${numberOf(one.done)} of ${numberOf(one.assigned)}`,
    numberOf(one.skipped),
    one.left ? timeOf(one.hours_left) : "–",
    one.due || "–",
    one.late || "–",
  ]);
  const columns = [
    { name: "reviewer" },
    { name: "plan", isWords: true },
    { name: "how", isWords: true },
    { name: "done" },
    { name: "skipped" },
    { name: "left" },
    { name: "due" },
    { name: "late", isWords: true },
  ];
  const plans = [...new Set(workloads.map((one) => one.name))];
  const buttons = plans.map((name) =>
    make("button.button-plain", { type: "button", onclick: () => withdraw(name) }, `Withdraw “${name}”`),
  );
  return [table("Assignments", columns, rows), make("div.row", {}, ...buttons)];
}

/**
 * @param {any} work
 * @param {Map<string, string>} names
 * @returns {string}
 */
function howOf(work, names) {
  const parts = [];
  if (work.is_second) {
    parts.push("second coding");
  }
  if (work.blind) {
    parts.push("blind");
  }
  if (work.theme_id) {
    parts.push(`only ${names.get(work.theme_id) || work.theme_id}`);
  }
  return parts.join(", ") || "with suggestions";
}

/**
 * @param {any} figures
 * @param {Map<string, string>} names - of themes and positions, by id
 * @returns {Node[]}
 */
export function agreementOf(figures, names) {
  const nodes = [];
  for (const comparison of figures.agreement?.comparisons || []) {
    const rows = comparison.rows.map((/** @type {any} */ row) => [
      names.get(row.theme_id) || OVERALL.get(row.theme_id) || row.theme_id,
      measureOf(row, "kappa"),
      measureOf(row, "alpha"),
      measureOf(row, "f1"),
      measureOf(row, "agreement"),
      measureOf(row, "precision"),
      measureOf(row, "recall"),
    ]);
    const columns = ["theme", "kappa", "alpha", "F1", "agree", "precision", "recall"];
    const used = columns.map((_, place) => place === 0 || rows.some((cells) => cells[place] !== "–"));
    const shown = rows.map((cells) => cells.filter((_, place) => used[place]));
    const who = comparison.name.replace(" - ", " and ");
    const title = `${who}, ${numberOf(comparison.comments)} comments`;
    const part = make(
      "details",
      { open: nodes.length === 0 },
      make("summary", { dir: "auto" }, make("strong", {}, title)),
      table(title, columns.filter((_, place) => used[place]).map((name) => ({ name })), shown),
    );
    nodes.push(part);
  }
  for (const shift of figures.agreement?.themes_shifted || []) {
    const words =
      `${shift.reviewer} gave ${names.get(shift.theme_id) || shift.theme_id} to ${shift.earlier} of the ` +
      `first ${shift.earlier_of} comments and to ${shift.later} of the last ${shift.later_of}: more than chance.`;
    nodes.push(make("p", { dir: "auto" }, words));
  }
  if (figures.no_agreement) {
    nodes.push(make("p.quiet", {}, figures.no_agreement));
  }
  if (figures.agreement) {
    const note =
      "In brackets: 95% intervals. Kappa and alpha correct for chance; .80 and more is usually called " +
      "reliable, .667 the least for tentative conclusions. Rare themes have low values: read them with the counts.";
    nodes.push(make("p.quiet.small", {}, note));
  }
  return nodes;
}

/**
 * @param {any} status
 * @returns {Node[]}
 */
export function driftOf(status) {
  const names = new Map(status.themes.map((/** @type {any} */ one) => [one.theme_id, one.name]));
  const rows = (status.drift || []).map((/** @type {any} */ one) => [
    one.reviewer,
    one.against === "gold" ? "gold answers" : "other reviewers",
    numberOf(one.comments),
    numberOf(one.differing, 2),
    one.drifts ? `drifts since ${momentOf(one.since)}` : one.p === null ? "too few to tell" : "holds",
    one.drifts ? `${numberOf(one.before, 2)} → ${numberOf(one.after, 2)}` : "–",
    one.themes.map((/** @type {string} */ id) => names.get(id) || id).join(", ") || "–",
  ]);
  if (!rows.length) {
    return [];
  }
  const columns = [
    { name: "reviewer" },
    { name: "against", isWords: true },
    { name: "comments" },
    { name: "themes that differ" },
    { name: "over time", isWords: true },
    { name: "before → since" },
    { name: "mostly in", isWords: true },
  ];
  return [table("Drift of reviewers", columns, rows)];
}

/**
 * @param {any} status
 * @returns {Node[]}
 */
export function assistanceOf(status) {
  const all = status.assistance || [];
  if (!all.length) {
    return [];
  }
  const rows = all.map((/** @type {any} */ one) => [
    one.reviewer,
    numberOf(one.comments),
    `${numberOf(one.kept)} of ${numberOf(one.suggested)}`,
    numberOf(one.added),
    `${numberOf(one.unchanged)} of ${numberOf(one.with_ticks)}`,
    `${numberOf(one.quick)} of ${numberOf(one.timed)}`,
  ]);
  const names = ["reviewer", "comments", "ticks kept", "added", "saved unchanged", "faster than reading"];
  const nodes = [table("What suggestions do", names.map((name) => ({ name })), rows)];
  const titles = new Map(status.themes.map((/** @type {any} */ one) => [one.theme_id, one.name]));
  for (const one of all) {
    for (const rate of (one.themes || []).filter((/** @type {any} */ theme) => theme.differs)) {
      const words =
        `${one.reviewer} gives ${titles.get(rate.theme_id) || rate.theme_id} to ${rate.assisted} of ` +
        `${rate.assisted_of} comments with suggestions and to ${rate.blind} of ${rate.blind_of} blind: more than chance.`;
      nodes.push(make("p", { dir: "auto" }, words));
    }
  }
  return nodes;
}

/**
 * @param {any[]} disputes
 * @param {number} count
 * @param {(id: string) => void} open
 * @returns {Node[]}
 */
export function disputesOf(disputes, count, open) {
  if (!count) {
    return [make("p.quiet", {}, "No comment is in dispute.")];
  }
  const lines = disputes.map((one) =>
    make(
      "li",
      {},
      make("span", { dir: "auto" }, `${one.comment_id}: ${one.themes.join(", ")}`),
      make("button.button-plain", { type: "button", onclick: () => open(one.comment_id) }, "Settle"),
    ),
  );
  const rest = count - disputes.length;
  const list = make("div.long-list", {}, make("ul.plain", {}, ...lines));
  return rest > 0 ? [list, make("p.quiet", {}, `and ${numberOf(rest)} more`)] : [list];
}
