/** Figures as text, tables of them, and intervals as small drawings. */

import { make } from "./elements.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 120; // units of an interval's drawing
const HEIGHT = 14;

/**
 * @param {string} iso - ISO 8601
 * @returns {string} in the reader's time: the day only where it is not today
 */
export function momentOf(iso) {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) {
    return "";
  }
  const isToday = moment.toDateString() === new Date().toDateString();
  return isToday
    ? moment.toLocaleTimeString([], { timeStyle: "short" })
    : moment.toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}

/**
 * @param {number | null | undefined} value
 * @param {number} [digits]
 * @returns {string} a dash where there is none
 */
export function numberOf(value, digits = 0) {
  if (value === null || value === undefined) {
    return "–";
  }
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/**
 * @param {number | null | undefined} share - in [0, 1]
 * @returns {string} in per cent, with one decimal
 */
export function percentOf(share) {
  return share === null || share === undefined ? "–" : `${(100 * share).toFixed(1)}%`;
}

/**
 * @param {number} hours
 * @returns {string}
 */
export function timeOf(hours) {
  return hours < 1 ? `${Math.ceil(60 * hours)} min` : `${numberOf(hours, 1)} h`;
}

/**
 * @param {any} row
 * @param {string} name - of a measure that may have an interval
 * @returns {string} `.37 (.20–.51)`
 */
export function measureOf(row, name) {
  const shown = (/** @type {number | null} */ value) =>
    value === null || value === undefined ? "–" : value.toFixed(2).replace("0.", ".").replace("-", "−");
  const low = row[`${name}_low`];
  if (low === null || low === undefined) {
    return shown(row[name]);
  }
  return `${shown(row[name])} (${shown(low)}–${shown(row[`${name}_high`])})`;
}

/**
 * A table that scrolls sideways where it has no room.
 *
 * @param {string} title
 * @param {{name: string | Node, isWords?: boolean}[]} columns - the first names the rows
 * @param {(string | Node)[][]} rows
 * @returns {HTMLElement}
 */
export function table(title, columns, rows) {
  const kind = (/** @type {number} */ place) => (columns[place].isWords ? "words" : null);
  const head = columns.map((column, place) => make("th", { scope: "col", class: kind(place) }, column.name));
  const body = rows.map((cells) =>
    make(
      "tr",
      {},
      ...cells.map((cell, place) =>
        place === 0
          ? make("th", { scope: "row", dir: "auto" }, cell)
          : make("td", { class: kind(place) }, cell),
      ),
    ),
  );
  const element = make(
    "table.table",
    {},
    make("caption.visually-hidden", {}, title),
    make("thead", {}, make("tr", {}, ...head)),
    make("tbody", {}, ...body),
  );
  return make("div.scroller", { tabindex: "0", role: "region", "aria-label": `${title}, table` }, element);
}

/**
 * An interval as a line with a dot, on a scale that all rows share.
 *
 * @param {number | null} value
 * @param {number | null} low
 * @param {number | null} high
 * @param {number} largest - the end of the scale
 * @returns {Node}
 */
export function intervalDrawing(value, low, high, largest) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  drawing.setAttribute("class", "interval");
  drawing.setAttribute("aria-hidden", "true"); // the figures stand beside it
  const at = (/** @type {number} */ share) => String(2 + ((WIDTH - 4) * share) / (largest || 1));
  if (low !== null && high !== null) {
    drawing.append(shape("line", { x1: at(low), x2: at(high), y1: "7", y2: "7" }));
  }
  if (value !== null) {
    drawing.append(shape("circle", { cx: at(value), cy: "7", r: "4" }));
  }
  return drawing;
}

/**
 * @param {string} name
 * @param {Object<string, string>} attributes
 */
function shape(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) {
    element.setAttribute(attribute, value);
  }
  return element;
}
