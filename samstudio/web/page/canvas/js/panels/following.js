// What the strip lists where that is not all images: which ones, the open one's number among them, and the way back to all.

import { numberOf } from "../model/listing.js";
import { described, sameQuery } from "../model/queries.js";
import { Address } from "./address.js";
import { findAll, partsOf } from "./dom.js";

/** @import { App, Query, State } from "../types.d.ts" */

/**
 * Returns which images to list first: what the address asks.
 * @param {App} app
 * @returns {Query}
 */
export function mountFollowing({ root, store, session }) {
  const part = partsOf(root);
  const address = new Address("annotate", {
    query: () => store.get("query"),
    take: (query) => session.images.show(query),
    isThere: () => root.isConnected,
  });

  /** @param {State} values */
  const draw = (values) => {
    const { query, total, listProblem } = values;
    const isFiltered = !sameQuery(query, {});
    part("following").hidden = !isFiltered;
    if (!isFiltered) return;
    part("following-number").textContent = listProblem ? "No such list" : `${numberOf(values) || total} found`;
    const text = listProblem ?? described(query);
    part("following-text").textContent = text;
    part("following-text").title = text;
    part("none-fits").textContent = listProblem ? "This cannot be looked for" : "No image fits";
    part("none-fits-text").textContent = text;
  };
  store.on(["query", "images", "image", "offset", "total", "stray", "listProblem"], draw);

  for (const button of findAll(root, "[data-show-all]")) {
    button.addEventListener("click", () => {
      session.images.show({});
      address.write();
    });
  }
  return address.read() ?? {};
}
