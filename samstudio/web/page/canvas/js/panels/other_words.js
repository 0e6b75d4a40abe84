// Tooltips with what other tools call things, where a newcomer looks for them: on headings, on the buttons that stand in
// canvas.html, and on the tabs. Those of the toolbar are buttons.js's.

import { saidElsewhere } from "../commands/other_words.js";
import { findAll } from "./dom.js";

/** @import { App } from "../types.d.ts" */

const TABS = ["dataset", "finetune", "versions"];

/** @param {App} app */
export function mountOtherWords({ root }) {
  for (const element of findAll(root, "[data-words], [data-command]:not([title])")) {
    element.title = saidElsewhere(element.dataset.words ?? element.dataset.command ?? "");
  }
  for (const name of TABS) document.getElementById(`tab-${name}-button`)?.setAttribute("title", saidElsewhere(name));
}
