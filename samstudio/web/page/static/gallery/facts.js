// What the dataset holds, above the gallery; or how to begin where it holds nothing.

import { h } from "../../canvas/panels/dom.js";

/** @import { Part } from "../../canvas/js/types.d.ts" */
/** @import { Overview } from "./types.d.ts" */

/**
 * @param {Part} part
 * @param {Overview} overview
 */
export function drawFacts(part, overview) {
  const isEmpty = !overview.images && !overview.trash;
  part("empty").hidden = !isEmpty;
  part("head").hidden = isEmpty;
  part("scroller").hidden = isEmpty;
  /** @type {[number, string, string][]} */
  const facts = [
    [overview.images, "image", "images"],
    [overview.with_accepted, "with accepted masks", "with accepted masks"],
    [overview.accepted, "accepted mask", "accepted masks"],
    [overview.categories.length, "category", "categories"],
  ];
  if (overview.proposed) facts.push([overview.proposed, "proposed mask", "proposed masks"]);
  part("facts").replaceChildren(
    ...facts.map(([count, one, many]) => h("span", {}, h("b", {}, count.toLocaleString("en")), h("span", {}, count === 1 ? one : many))),
  );
}
