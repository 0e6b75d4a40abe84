// Where a list has no image: why, and what to change.

import { linesOf } from "../../canvas/model/queries.js";
import { h } from "../../canvas/panels/dom.js";

/** @import { Find } from "./find.js" */
/** @import { Overview } from "./types.d.ts" */

const ONE = "Some do where one of the filters is taken away:";
const SEVERAL = "Take several of the filters away: no single one of them is the reason.";
const OTHER = "Look for fewer words, or for other images.";

/**
 * @param {Find} find
 * @param {Overview["wider"]} wider how many images there would be without each filter
 */
export function nothingFound(find, wider) {
  const lines = linesOf(find.query);
  if (find.query.trashed && lines.length === 1) {
    return [h("h2", {}, "The trash is empty"), h("p", {}, "Deleted images are kept here with their masks until they are deleted for good.")];
  }
  const ways = lines.flatMap(({ id, names, text }) => {
    const count = wider[id];
    if (!count) return [];
    const onclick = () => find.change(Object.fromEntries(names.map((name) => [name, ""])));
    const found = count === 1 ? "1 image" : `${count} images`;
    return [h("li", {}, h("button.ss-button", { type: "button", onclick }, h("span", {}, `Without “${text}”`), h("b", {}, found)))];
  });
  if (!lines.length) return [h("h2", {}, "No images"), h("p", {}, "All of them are in the trash.")];
  const several = ways.length ? [h("p", {}, ONE), h("ul.ss-wider", {}, ways)] : [h("p", {}, SEVERAL)];
  return [h("h2", {}, "No image fits"), ...(lines.length > 1 ? several : [h("p", {}, OTHER)]), showAll(find)];
}

/**
 * What is asked cannot be looked for.
 * @param {Find} find
 * @param {unknown} error
 */
export function refused(find, error) {
  const why = h("p", { role: "alert" }, error instanceof Error ? error.message : String(error));
  return [h("h2", {}, "This cannot be looked for"), why, showAll(find)];
}

/** @param {Find} find */
function showAll(find) {
  return h("button.ss-button", { type: "button", onclick: () => find.clear() }, "Show all images");
}
