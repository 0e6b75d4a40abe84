// Small helpers to find and to make elements; text always goes in as text, never as HTML.

/** @import { Attributes, Child, Made, Part } from "../types.d.ts" */

/**
 * What finds a part of the page inside `root` by its name: `part("accept", HTMLButtonElement)`.
 * @param {ParentNode} root
 * @param {(name: string) => string} [selector]
 * @returns {Part}
 */
export function partsOf(root, selector = (name) => `[data-${name}]`) {
  return (name, type) => find(root, selector(name), type);
}

/**
 * The element that `selector` finds inside `root`. That it is there, and of its type, is the page's promise.
 * @template {Element} [T=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} [type]
 * @returns {T}
 */
export function find(root, selector, type = /** @type {new () => T} */ (/** @type {unknown} */ (HTMLElement))) {
  const found = root.querySelector(selector);
  if (found instanceof type) return found;
  throw new Error(`the page has no ${type.name} ${selector}`);
}

/**
 * All elements of a type that `selector` finds inside `root`.
 * @template {Element} [T=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} [type]
 * @returns {T[]}
 */
export function findAll(root, selector, type = /** @type {new () => T} */ (/** @type {unknown} */ (HTMLElement))) {
  return [...root.querySelectorAll(selector)].flatMap((one) => (one instanceof type ? [one] : []));
}

/**
 * The nearest element that `selector` matches round another one, or round an event's target.
 * @param {Event | Element | null} from
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export function closest(from, selector) {
  const inner = from instanceof Event ? from.target : from;
  return inner instanceof Element ? inner.closest(selector) : null;
}

/**
 * An element: `h("button.ss-icon", {title: "Undo", onclick}, ...children)`.
 * @template {string} S
 * @param {S} selector
 * @param {Attributes} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {Made<S>}
 */
export function h(selector, attributes = {}, ...children) {
  const [tag, ...classes] = selector.split(".");
  const element = document.createElement(tag || "div");
  element.classList.add(...classes);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (typeof value === "object") for (const [key, text] of Object.entries(value)) element.style.setProperty(key, text);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat()) if (child !== null && child !== undefined && child !== false) element.append(child);
  return /** @type {Made<S>} */ (/** @type {unknown} */ (element));
}

/** @type {Record<string, string>} */
const ICONS = {
  trash: "M4 7h16M10 11v6M14 11v6M6 7l1 13h10l1-13M9 7V4h6v3",
  eye: "M2 12s3.5-7 10-7 10 7 10 7-3.5 7-10 7S2 12 2 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  hidden: "M4 4l16 16M9.9 5.2A10 10 0 0 1 12 5c6.500 0 10 7 10 7a17 17 0 0 1-3 3.800M6.100 6.100A17 17 0 0 0 2 12s3.500 7 10 7a10 10 0 0 0 5.900-2.100",
  locked: "M7 11V8a5 5 0 0 1 10 0v3M5 11h14v9H5z",
  unlocked: "M7 11V8a5 5 0 0 1 9.500-2M5 11h14v9H5z",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  check: "M5 12.500l4.500 4.500L19 7.500",
};

/** @param {string} name */
export function icon(name) {
  return drawn(ICONS[name]);
}

/**
 * The icon of a path on a grid of 24 x 24.
 * @param {string} outline
 */
export function drawn(outline) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", outline);
  svg.append(path);
  return svg;
}
