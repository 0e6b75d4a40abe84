// The header: brand, tabs and status in one row where there is room for them, with the brand's mark alone where there is less,
// and in two rows where there is not. How much they need depends on the language, and on what there is to say.

import { closest, find } from "../canvas/panels/dom.js";

const BRAND = 158; // CSS pixels before the tabs: style sheets have them too
const MARK = 52;
const GAP = 8;
const EDGE = 16;

const TABS = ["annotate", "dataset", "finetune", "versions"];

/** @param {HTMLElement} header */
export function mountRows(header) {
  const tabs = TABS.map((name) => find(document, `#tab-${name}-button`));
  const row = closest(tabs[0], "#ss-tabs");
  const pills = find(header, ".ss-pills");
  const others = [...header.children].filter((one) => !one.matches(".ss-brand, .ss-pills"));
  /** @type {Map<Element, number>} */
  const seen = new Map(); // how wide a tab was: Gradio hides those that find no room
  const fit = () => {
    for (const tab of tabs) if (tab.offsetWidth) seen.set(tab, tab.offsetWidth);
    const tabWidth = [...seen.values()].reduce((sum, width) => sum + width, 0);
    const needed = tabWidth + widthOf(pills.children) + widthOf(others) + EDGE;
    const layout = layoutFor(header.clientWidth - needed);
    for (const element of [document.body, header, row]) element?.setAttribute("data-header", layout);
  };
  const observer = new ResizeObserver(fit);
  for (const one of [header, ...pills.children, ...others, ...tabs]) observer.observe(one);
}

/** @param {number} room what tabs and status leave */
function layoutFor(room) {
  if (room >= BRAND) return "wide";
  return room >= MARK ? "short" : "two-rows";
}

/**
 * How wide elements are side by side, each with a gap before it.
 * @param {Iterable<Element>} elements
 */
function widthOf(elements) {
  const widths = [...elements].map((one) => one.getBoundingClientRect().width);
  return widths.reduce((sum, width) => sum + (width ? width + GAP : 0), 0);
}
