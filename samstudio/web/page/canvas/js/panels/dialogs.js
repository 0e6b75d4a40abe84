// The dialogs: the list of keys, the choice when two people changed one object, and the browser's own
// question before a page is left that holds what is nowhere else.

import { h, partsOf } from "./dom.js";
import { worthStoring } from "../sync/stored_work.js";

/** @import { App } from "../types.d.ts" */
/** @import { HelpLine } from "../commands/registry.js" */

/** @param {App} app */
export function mountDialogs({ root, store, commands, bindings }) {
  const part = partsOf(root);

  let due = false;
  const list = () => {
    due = false;
    part("shortcuts").replaceChildren(...commands.help().map(([title, lines]) => group(title, lines)));
  };
  const redraw = () => {
    if (!due) queueMicrotask(list); // once for all that come together
    due = true;
  };
  commands.follow(redraw);
  bindings.follow(redraw);

  const conflict = part("conflict", HTMLDialogElement);
  store.on(["conflict"], ({ conflict: now }) => {
    if (!now) return conflict.open && conflict.close();
    part("conflict-text").textContent = now.text;
    part("conflict-theirs").textContent = now.deleted ? "Leave it deleted" : "Take theirs";
    part("conflict-mine").textContent = now.deleted ? "Keep mine, bring it back" : "Keep mine";
    return conflict.showModal();
  });
  /** @param {boolean} mine */
  const answer = (mine) => store.get("conflict")?.answer(mine);
  part("conflict-mine").addEventListener("click", () => answer(true));
  part("conflict-theirs").addEventListener("click", () => answer(false));
  // Escape decides nothing over the other's head: theirs stays, and undo has mine.
  conflict.addEventListener("cancel", (event) => {
    event.preventDefault();
    answer(false);
  });

  window.addEventListener("beforeunload", (event) => {
    if (root.isConnected && store.get("nonPersistent") && (worthStoring(store.values) || store.get("unsent").length || Object.keys(store.get("unsentMarks")).length)) event.preventDefault();
  });
}

/**
 * @param {string} title
 * @param {readonly HelpLine[]} lines
 */
function group(title, lines) {
  /**
   * A key is called what is printed on it; what the mouse does has a name in every language.
   * @param {HelpLine} line
   */
  const row = ({ keys, text, mouse }) => h("tr", {}, h("td", {}, h("kbd", { translate: mouse ? "yes" : null }, keys)), h("td", {}, text));
  return h("section", {}, h("h3", {}, title), h("table", {}, h("tbody", {}, lines.map(row))));
}
