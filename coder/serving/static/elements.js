/**
 * Making elements. Text only ever becomes text: nothing here, and nothing that uses it, reads
 * markup out of a string.
 */

/**
 * Make an element.
 *
 * @param {string} tag - name, with classes after dots: `p.quiet`
 * @param {Object<string, unknown>} [attributes] - attributes by name; `onclick` and the like are
 *   listeners, true stands for an empty attribute, false, null and undefined for none
 * @param {...(Node | string | null | undefined | false)} children - nodes, or text
 * @returns {HTMLElement}
 */
export function make(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length) {
    element.classList.add(...classes);
  }
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) {
      continue;
    }
    if (attribute.startsWith("on")) {
      element.addEventListener(attribute.slice(2), /** @type {EventListener} */ (value));
    } else {
      element.setAttribute(attribute, value === true ? "" : String(value));
    }
  }
  for (const child of children) {
    if (child) {
      element.append(child);
    }
  }
  return element;
}

/**
 * The element with an id.
 *
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) {
    throw new Error(`the page has no element ${id}`);
  }
  return element;
}

/**
 * What an object itself holds under a key: a theme may be called `constructor`.
 *
 * @template T
 * @param {{[key: string]: T}} object
 * @param {string} key
 * @returns {T | undefined}
 */
export function own(object, key) {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
