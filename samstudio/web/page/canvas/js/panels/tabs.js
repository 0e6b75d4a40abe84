// The page's tabs, of which Gradio draws the buttons.

import { findAll } from "./dom.js";

/** @param {string} name */
export function showTab(name) {
  for (const button of findAll(document, `#tab-${name}-button`)) button.click();
}

/** @param {string} name */
export function isTabShown(name) {
  return findAll(document, `#tab-${name}-button`).some((button) => button.getAttribute("aria-selected") === "true");
}
