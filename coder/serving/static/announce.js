/** What a screen reader says without moving: the page's one live region. */

/**
 * Say something politely. The same sentence twice is said twice.
 *
 * @param {string} sentence
 */
export function announce(sentence) {
  const region = document.getElementById("announcements");
  if (!region) {
    return;
  }
  const line = document.createElement("p");
  line.textContent = sentence;
  region.replaceChildren(line);
}
