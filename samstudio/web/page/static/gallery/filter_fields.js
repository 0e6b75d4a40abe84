// A field for each filter, of native inputs: what there is to choose of, yes or no, from and to.

import { dayOf, megapixelsOf, momentOf, namesOf, pixelsOf } from "../../canvas/model/queries.js";
import { h } from "../../canvas/panels/dom.js";

/** @import { ChoiceFilter, Filter, FlagFilter, OpenFilter, RangeFilter } from "../../canvas/model/queries.js" */
/** @import { Choices, Query } from "./types.d.ts" */

/** @typedef {(changes: Record<string, string>) => void} Change */
/** @typedef {{ element: HTMLElement, show: (query: Query) => void, offer: (choices: Choices) => void }} Field */

/** How the numbers and days of a range are written in a field, and in a query. */
const UNITS = {
  day: { attributes: { type: "date" }, shown: dayOf, asked: momentOf },
  score: { attributes: { type: "number", min: 0, max: 1, step: "any", inputmode: "decimal" }, shown: same, asked: same },
  count: { attributes: { type: "number", min: 0, step: 1, inputmode: "numeric" }, shown: same, asked: same },
  megapixels: { attributes: { type: "number", min: 0, step: "any", inputmode: "decimal" }, shown: megapixelsOf, asked: pixelsOf },
};

/**
 * @param {Filter} filter
 * @param {Change} change
 * @returns {Field}
 */
export function fieldOf(filter, change) {
  if (filter.kind === "range") return rangeField(filter, change);
  if (filter.kind === "open") return openField(filter, change);
  const values = filter.kind === "choice" ? Object.entries(filter.values) : [["true", filter.yes], ["false", filter.no]];
  return choiceField(filter, values, change);
}

/**
 * @param {ChoiceFilter | FlagFilter} filter
 * @param {readonly (readonly string[])[]} values
 * @param {Change} change
 * @returns {Field}
 */
function choiceField({ id, label }, values, change) {
  const options = [["", "Any"], ...values].map(([value, name]) => h("option", { value }, name));
  const input = h("select", {}, options);
  input.addEventListener("change", () => change({ [id]: input.value }));
  const show = (/** @type {Query} */ query) => showIn(input, query[id] ?? "");
  return { element: h("label", {}, h("span", {}, label), input), show, offer: () => {} };
}

/**
 * @param {OpenFilter} filter
 * @param {Change} change
 * @returns {Field}
 */
function openField({ id, label }, change) {
  const list = h("datalist", { id: `ss-choices-${id}` });
  const chosen = h("select");
  const typed = h("input", { type: "text", maxlength: 500, list: list.id, hidden: true, placeholder: "Any" });
  for (const input of [chosen, typed]) input.addEventListener("change", () => change({ [id]: input.value.trim() }));
  /** @param {string} value */
  const option = (value) => h("option", { value, ...(id === "version" ? {} : { translate: "no" }) }, id === "version" ? versionName(value) : value);
  const any = h("option", { value: "" }, "Any");
  let now = "";
  /** @type {readonly string[]} */
  let known = [];
  const draw = () => {
    const every = now && !known.includes(now) ? [...known, now] : known;
    chosen.replaceChildren(any, ...every.map(option));
    showIn(chosen, now);
    showIn(typed, now);
  };
  draw();
  return {
    element: h("label", {}, h("span", {}, label), chosen, typed, list),
    show: (query) => {
      now = query[id] ?? "";
      draw();
    },
    // Where there are too many to list, the first of them are offered to who types.
    offer: (choices) => {
      const { items, more } = choices[id] ?? { items: [], more: false };
      known = items;
      chosen.hidden = more;
      typed.hidden = !more;
      list.replaceChildren(...(more ? items.map((value) => h("option", { value })) : []));
      draw();
    },
  };
}

/**
 * @param {RangeFilter} filter
 * @param {Change} change
 * @returns {Field}
 */
function rangeField(filter, change) {
  const { attributes, shown, asked } = UNITS[filter.unit];
  const [from, to] = namesOf(filter).map((name, end) => {
    const input = h("input", { ...attributes, "aria-label": `${filter.label}, ${end ? "to" : "from"}` });
    input.addEventListener("change", () => {
      if (!input.reportValidity()) return;
      change({ [name]: input.value && asked(input.value, { last: end === 1 }) });
    });
    return { name, input };
  });
  const element = h("fieldset", {}, h("legend", {}, filter.label), h("div", {}, from.input, h("span", {}, "–"), to.input));
  const show = (/** @type {Query} */ query) => {
    for (const { name, input } of [from, to]) showIn(input, shown(query[name] ?? ""));
  };
  return { element, show, offer: () => {} };
}

/**
 * @param {HTMLInputElement | HTMLSelectElement} input
 * @param {string} value
 */
function showIn(input, value) {
  if (input.value !== value) input.value = value;
  input.classList.toggle("ss-is-set", value !== "");
}

/** @param {string} number */
function versionName(number) {
  return number === "0" ? "Stock" : `Version ${number}`;
}

/** @param {string} value */
function same(value) {
  return value;
}
