/** A text with some of its words marked. */

import { make } from "./elements.js";

/**
 * @typedef {{start: number, end: number, kind: string}} Mark - in UTF-16 units
 */

/**
 * Put a text into an element, with marks. Where marks lie over each other, the later one is shown.
 *
 * @param {HTMLElement} element
 * @param {string} text
 * @param {Mark[]} marks - kind: a class name, or nothing
 */
export function showText(element, text, marks) {
  const cuts = new Set([0, text.length]);
  for (const mark of marks) {
    cuts.add(Math.min(mark.start, text.length));
    cuts.add(Math.min(mark.end, text.length));
  }
  const places = [...cuts].sort((one, other) => one - other);
  const pieces = [];
  for (let number = 0; number + 1 < places.length; number += 1) {
    const piece = text.slice(places[number], places[number + 1]);
    const mark = marks.findLast((one) => one.start <= places[number] && places[number] < one.end);
    if (mark) {
      pieces.push(make(mark.kind ? `mark.${mark.kind}` : "mark", {}, piece));
    } else {
      pieces.push(document.createTextNode(piece));
    }
  }
  element.replaceChildren(...pieces);
}
