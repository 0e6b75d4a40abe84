// A row of the list: a category's place, colour, words, how much there is of it, and what can be done to it.

import { drawn, h, icon } from "../../canvas/panels/dom.js";
import { number } from "../importing/numbers.js";
import { byStatus } from "./said.js";

/** @import { Category } from "./wire.js" */

/** @typedef {"edit" | "merge" | "delete"} Kind What a row is open for. */
/** @typedef {{ open(category: Category, kind: Kind): void, recolour(category: Category, color: string): void, find(category: Category): void }} Acts */

const HANDLE = "M9 6v.01M15 6v.01M9 12v.01M15 12v.01M9 18v.01M15 18v.01";
const EDIT = "M4 20l1-5L16 4l4 4L9 19zM14 6l4 4";
const MERGE = "M6 4v5a5 5 0 0 0 5 5h1M18 4v5a5 5 0 0 1-5 5h-1v6M9 17l3 3 3-3";

/**
 * @param {Category} category
 * @param {number} place from 1
 * @param {Acts} acts
 */
export function row(category, place, acts) {
  const { id, name, accepted, proposed, images } = category;
  const act = (/** @type {Kind} */ kind, /** @type {string} */ label, /** @type {SVGElement} */ picture) =>
    h("button.ss-icon", { type: "button", "data-act": kind, "aria-label": `${label} “${name}”`, title: label, onclick: () => acts.open(category, kind) }, picture);
  return h(
    "li.ss-category",
    { "data-id": id },
    h("div.ss-category-line", {},
      h("button.ss-icon.ss-move", { type: "button", "data-move": "", "aria-label": `Move “${name}”: arrow keys, or drag`, title: "Drag, or press ↑ ↓" }, drawn(HANDLE)),
      place <= 9 ? h("kbd", { title: `Key ${place}` }, String(place)) : h("span.ss-quiet.ss-place-number", {}, number(place)),
      colour(category, acts),
      h("button.ss-category-name", { type: "button", "data-act": "name", title: "Rename or describe", onclick: () => acts.open(category, "edit") }, ...words(category)),
      h("span.ss-num", { title: byStatus(category) }, number(accepted + proposed)),
      images
        ? h("button.ss-num.ss-link", { type: "button", "data-act": "find", "aria-label": `Show the images of “${name}”: ${number(images)}`, title: "Show these images", onclick: () => acts.find(category) }, number(images))
        : h("span.ss-num", {}, "0"),
      h("span.ss-category-acts", {}, act("edit", "Rename or describe", drawn(EDIT)), act("merge", "Merge into another", drawn(MERGE)), act("delete", "Delete", icon("trash"))),
    ),
  );
}

/**
 * @param {Category} category
 * @param {Acts} acts
 */
function colour(category, acts) {
  const { name, color } = category;
  const field = h("input.ss-colour", { type: "color", value: color, "aria-label": `Colour of “${name}”`, title: "Colour" });
  field.addEventListener("change", () => field.value !== color && acts.recolour(category, field.value));
  return field;
}

/** @param {Category} category */
function words({ name, supercategory, description }) {
  const about = [supercategory, description].filter(Boolean).join(" · ");
  return [h("strong", { translate: "no" }, name), ...(about ? [h("span.ss-quiet", { translate: "no" }, about)] : [])];
}
