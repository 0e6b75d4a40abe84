// What is set of the filters, in words: each can be taken away with a click.

import { linesOf } from "../../canvas/model/queries.js";
import { h, icon } from "../../canvas/panels/dom.js";

/** @import { Query } from "./types.d.ts" */

/**
 * @param {HTMLElement} place
 * @param {Query} query
 * @param {{ change: (changes: Record<string, string>) => void, clear: () => void }} find
 */
export function drawSetFilters(place, query, { change, clear }) {
  const lines = linesOf(query);
  const had = place.contains(document.activeElement);
  const filters = lines.map(({ names, text }) => {
    const onclick = () => change(Object.fromEntries(names.map((name) => [name, ""])));
    return h("button.ss-set-filter", { type: "button", onclick, "aria-label": `Remove “${text}”`, title: text }, h("span", {}, text), icon("close"));
  });
  const all = lines.length > 1 ? [h("button.ss-button.ss-small", { type: "button", onclick: clear }, "Clear all")] : [];
  place.replaceChildren(...(lines.length ? [h("span", {}, "Filtered by"), ...filters, ...all] : []));
  // Who takes filters away by the keyboard goes on with the next one.
  if (had) (place.querySelector("button") ?? place.closest("[data-gallery]")?.querySelector("[data-scroller]"))?.focus();
}
