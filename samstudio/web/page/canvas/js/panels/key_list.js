// The list of keys, and what other tools call things: a person finds a line by either.

import { OTHER_WORDS } from "../commands/other_words.js";
import { h, partsOf } from "./dom.js";

/** @import { App } from "../types.d.ts" */
/** @import { HelpLine } from "../commands/registry.js" */

/** What is no command, by its name in OTHER_WORDS: what the page calls it. */
const CALLED = [
  ["category", "Category"], ["object", "Objects"], ["proposed", "proposed"], ["image", "Images"], ["dataset", "Dataset"], ["finetune", "Fine-tune"], ["versions", "Versions"],
];

/** @param {App} app */
export function mountKeyList({ root, commands, bindings }) {
  const part = partsOf(root);
  const search = part("find-key", HTMLInputElement);
  const list = part("shortcuts");

  const filter = () => {
    const words = search.value.trim().toLowerCase();
    list.classList.toggle("ss-finding", words !== "");
    for (const row of list.querySelectorAll("tr")) row.hidden = !row.textContent.toLowerCase().includes(words);
    const sections = [...list.querySelectorAll("section")];
    for (const one of sections) one.hidden = !one.querySelector("tr:not([hidden])");
    part("no-key").hidden = sections.some((one) => !one.hidden);
  };
  let due = false;
  const draw = () => {
    due = false;
    list.replaceChildren(...commands.help().map(([title, lines]) => section(title, lines.map(line))), section("Words of other tools", CALLED.map(called)));
    filter();
  };
  const redraw = () => {
    if (!due) queueMicrotask(draw); // once for all that come together
    due = true;
  };
  commands.follow(redraw);
  bindings.follow(redraw);
  search.addEventListener("input", filter);
  part("help", HTMLDialogElement).addEventListener("close", () => {
    search.value = "";
    filter();
  });
}

/**
 * @param {string} title
 * @param {HTMLElement[]} rows
 */
function section(title, rows) {
  return h("section", {}, h("h3", {}, title), h("table", {}, h("tbody", {}, rows)));
}

/**
 * A key is called what is printed on it; what the mouse does has a name in every language.
 * @param {HelpLine} line
 */
function line({ keys, text, mouse, words }) {
  const said = words.map((one) => h("small.ss-words", {}, one));
  return h("tr", {}, h("td", {}, h("kbd", { translate: mouse ? "yes" : null }, keys)), h("td", {}, text, said));
}

/** @param {string[]} pair */
function called([id, label]) {
  return h("tr", {}, h("td", {}, label), h("td", {}, OTHER_WORDS[id]));
}
