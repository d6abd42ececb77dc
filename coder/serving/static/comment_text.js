/**
 * A comment's text on the page. It was written by anybody: it becomes text nodes and nothing
 * else, and characters that have no picture of their own are shown by a stand-in of the same
 * length, so that places in the text stay what they are.
 */

import { make } from "./elements.js";

/**
 * @typedef {import("./types.js").Span} Span
 * @typedef {{span: Span, kind: "model" | "own", key: string, isStrong: boolean}} Mark
 */

const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const STAND_IN = "␦";
const JOINER = "\u200d";
const FLAG = "\u{1f3f4}";
const MOST_TAGS = 32; // of a flag, by Unicode's rules for emoji

/**
 * The text with everything invisible replaced; as long as the text.
 *
 * @param {string} text
 * @returns {string}
 */
export function shownText(text) {
  return text.replace(UNSEEN, (char, place) => {
    if (char === "\n" || belongsToEmoji(text, char, place)) {
      return char;
    }
    if (char === "\t" || char === "\r") {
      return " ";
    }
    const code = char.codePointAt(0) || 0;
    if (code < 0x20) {
      return String.fromCharCode(0x2400 + code); // the control's picture
    }
    return STAND_IN.repeat(char.length);
  });
}

/**
 * @param {string} text
 * @param {string} char
 * @param {number} place
 * @returns {boolean}
 */
function belongsToEmoji(text, char, place) {
  if (char === JOINER) {
    return place > 0 && text.charCodeAt(place - 1) > 0x2000;
  }
  const code = char.codePointAt(0) || 0;
  if (code < 0xe0020 || code > 0xe007f) {
    return false;
  }
  const before = Array.from(text.slice(Math.max(0, place - 2 * MOST_TAGS), place));
  const tags = before.lastIndexOf(FLAG);
  return tags >= 0 && before.slice(tags + 1).every((each) => /[\u{e0020}-\u{e007f}]/u.test(each));
}

/**
 * Write a text into an element, with marks.
 *
 * @param {HTMLElement} element
 * @param {string} text
 * @param {Mark[]} marks - they may overlap: the last one of a place is seen
 */
export function writeText(element, text, marks) {
  const shown = shownText(text);
  const places = new Set([0, shown.length]);
  for (const { span } of marks) {
    places.add(inside(span[0], shown));
    places.add(inside(span[1], shown));
  }
  const edges = [...places].sort((a, b) => a - b);
  const pieces = [];
  for (let i = 0; i + 1 < edges.length; i += 1) {
    pieces.push(piece(shown.slice(edges[i], edges[i + 1]), edges[i], edges[i + 1], marks));
  }
  element.replaceChildren(...pieces);
}

/**
 * @param {number} place
 * @param {string} text
 * @returns {number}
 */
function inside(place, text) {
  return Math.min(Math.max(0, place), text.length);
}

/**
 * @param {string} text
 * @param {number} start
 * @param {number} end
 * @param {Mark[]} marks
 * @returns {Node}
 */
function piece(text, start, end, marks) {
  const mark = marks.findLast(({ span }) => span[0] <= start && end <= span[1]);
  if (!mark) {
    return document.createTextNode(text);
  }
  const element = make(`mark.mark-${mark.kind}`, {}, text);
  element.classList.toggle("mark-strong", mark.isStrong);
  const ending = marks.filter(({ span, key }) => key && span[0] < end && span[1] === end);
  if (ending.length) {
    const keys = [...new Set(ending.map(({ key }) => key))].sort();
    element.dataset.key = keys.join(" "); // drawn by the style sheet: no part of the text
  }
  return element;
}

/**
 * The selected part of an element's text, or nothing.
 *
 * @param {HTMLElement} element - filled by `writeText`
 * @returns {Span | null}
 */
export function selectedSpan(element) {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) {
    return null;
  }
  const range = selection.getRangeAt(0);
  if (!range.intersectsNode(element)) {
    return null;
  }
  const start = offsetIn(element, range.startContainer, range.startOffset, 0);
  const end = offsetIn(element, range.endContainer, range.endOffset, textLength(element));
  return trimmed(element.textContent || "", start, end);
}

/**
 * Select a part of an element's text.
 *
 * @param {HTMLElement} element
 * @param {Span} span
 */
export function select(element, span) {
  const range = rangeOf(element, span);
  const selection = document.getSelection();
  if (selection) {
    selection.removeAllRanges();
    selection.addRange(range);
  }
}

/**
 * @param {HTMLElement} element
 * @param {Span} span
 * @returns {Range}
 */
export function rangeOf(element, span) {
  const range = document.createRange();
  range.selectNodeContents(element);
  let before = 0;
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const length = (node.nodeValue || "").length;
    if (before <= span[0] && span[0] < before + length) {
      range.setStart(node, span[0] - before);
    }
    if (before < span[1] && span[1] <= before + length) {
      range.setEnd(node, span[1] - before);
    }
    before += length;
  }
  return range;
}

/**
 * @param {HTMLElement} element
 * @param {Node} node
 * @param {number} offset
 * @param {number} outside - what to answer for a place that is not in the element
 * @returns {number}
 */
function offsetIn(element, node, offset, outside) {
  if (!element.contains(node)) {
    return outside;
  }
  const range = document.createRange();
  range.selectNodeContents(element);
  range.setEnd(node, offset);
  return range.toString().length;
}

/**
 * @param {HTMLElement} element
 * @returns {number}
 */
function textLength(element) {
  return (element.textContent || "").length;
}

/**
 * Without white space at its ends; nothing where nothing is left.
 *
 * @param {string} text
 * @param {number} start
 * @param {number} end
 * @returns {Span | null}
 */
function trimmed(text, start, end) {
  const part = text.slice(start, end);
  const left = start + (part.length - part.trimStart().length);
  const right = end - (part.length - part.trimEnd().length);
  return left < right ? [left, right] : null;
}
