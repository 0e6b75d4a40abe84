// A category that goes: into another one, or deleted, with what becomes of its objects. Says how many, before.

import { h } from "../../canvas/panels/dom.js";
import { byStatus, counted, objects } from "./said.js";

/** @import { Category } from "./wire.js" */

const PLAIN = "object"; // the category of what has none: services/annotations/categories.py

/**
 * @typedef {object} Leaving
 * @property {() => readonly Category[]} all
 * @property {(category: Category, into: Category) => void} merge
 * @property {(category: Category, how: "reject" | "leave") => void} remove
 * @property {() => void} close
 */

/**
 * @param {Category} category
 * @param {Category | null} into the one that is offered first
 * @param {Leaving} how
 */
export function mergeForm(category, into, { all, merge, close }) {
  const others = all().filter(({ id }) => id !== category.id);
  if (!others.length) return alone("There is no other category to merge it into.", close);
  const choice = select(others, into);
  const said = h("p", { role: "status", "aria-live": "polite" });
  const ok = h("button.ss-button.ss-primary.ss-small", { type: "submit" });
  const say = () => {
    const there = chosen(choice, others);
    const sum = amount(category) + amount(there);
    const will = `“${there.name}” will have ${counted(sum)}, and everything that still comes as “${category.name}”.`;
    said.replaceChildren(h("span", {}, `“${category.name}” has ${objects(category)}.`), " ", h("span", {}, will));
    ok.textContent = amount(category) ? `Merge: move ${counted(amount(category))}` : "Merge";
  };
  choice.addEventListener("change", say);
  say();
  const lines = [h("label", {}, h("span", {}, "Merge into"), choice), said];
  return form("merge", lines, ok, close, () => merge(category, chosen(choice, others)));
}

/**
 * @param {Category} category
 * @param {Leaving} how
 */
export function deleteForm(category, { all, merge, remove, close }) {
  const others = all().filter(({ id }) => id !== category.id);
  const choice = select(others, null);
  const count = amount(category);
  const ok = h("button.ss-button.ss-primary.ss-small", { type: "submit" }, "Delete the category");
  const move = others.length ? option("move", h("span", {}, "Move its objects to"), choice) : null;
  const leave = category.name === PLAIN ? null : option("leave", h("span", {}, `Keep its objects without a category of their own: they become “${PLAIN}”`));
  const reject = option("reject", h("span", {}, "Delete its objects too: they are kept as rejected"));
  const sentences = count ? [`“${category.name}” has ${objects(category)}.`, `${byStatus(category)}.`, "What becomes of them?"] : [`“${category.name}” has no objects.`];
  const said = h("p", {}, sentences.flatMap((text) => [h("span", {}, text), " "]));
  const options = [move, leave, reject].flatMap((one) => one ?? []);
  const [first] = options;
  const radio = first.querySelector("input");
  if (radio) radio.checked = true;
  choice.addEventListener("focus", () => {
    const own = move?.querySelector("input");
    if (own) own.checked = true;
  });
  const element = form("delete", [said, ...(count ? [h("fieldset", { "aria-label": "What becomes of its objects" }, options)] : [])], ok, close, () => {
    const how = count ? new FormData(element).get("objects") : "reject";
    if (how === "move") merge(category, chosen(choice, others));
    else remove(category, how === "leave" ? "leave" : "reject");
  });
  return element;
}

/**
 * @param {string} name
 * @param {Node[]} lines
 * @param {HTMLElement} ok
 * @param {() => void} close
 * @param {() => void} submitted
 */
function form(name, lines, ok, close, submitted) {
  const element = h("form.ss-category-form", { "data-form": name }, ...lines, h("div.ss-row", {}, h("button.ss-button.ss-small", { type: "button", onclick: close }, "Cancel"), ok));
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    submitted();
  });
  const [first] = element.elements;
  queueMicrotask(() => (first instanceof HTMLElement ? first : ok).focus());
  return element;
}

/**
 * @param {string} text
 * @param {() => void} close
 */
function alone(text, close) {
  return h("div.ss-category-form", {}, h("p", {}, text), h("div.ss-row", {}, h("button.ss-button.ss-small", { type: "button", onclick: close }, "Close")));
}

/**
 * @param {string} value
 * @param {...Node} children
 */
function option(value, ...children) {
  return h("label.ss-check", {}, h("input", { type: "radio", name: "objects", value }), ...children);
}

/**
 * @param {readonly Category[]} others
 * @param {Category | null} first
 */
function select(others, first) {
  const options = others.map(({ id, name }) => h("option", { value: id, translate: "no", selected: id === first?.id }, name));
  return h("select.ss-field", { name: "into", "aria-label": "The category that takes the objects" }, options);
}

/**
 * @param {HTMLSelectElement} choice
 * @param {readonly Category[]} others
 */
function chosen(choice, others) {
  return others.find(({ id }) => id === Number(choice.value)) ?? others[0];
}

/** @param {Category} category */
function amount({ accepted, proposed }) {
  return accepted + proposed;
}
