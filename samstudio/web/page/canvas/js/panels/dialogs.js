// The dialogs: the list of keys, the choice when two people changed one object, and the browser's own
// question before a page is left that holds what is nowhere else.

import { h } from "./dom.js";
import { GROUPS } from "../tools/keys.js";
import { worthStoring } from "../sync/stored_work.js";

export function mountDialogs({ root, store }) {
  const part = (name) => root.querySelector(`[data-${name}]`);

  part("shortcuts").replaceChildren(...GROUPS.map(([title, rows]) => group(title, rows)));

  const conflict = part("conflict");
  store.on(["conflict"], ({ conflict: now }) => {
    if (!now) return conflict.open && conflict.close();
    part("conflict-text").textContent = now.text;
    part("conflict-theirs").textContent = now.deleted ? "Leave it deleted" : "Take theirs";
    part("conflict-mine").textContent = now.deleted ? "Keep mine, bring it back" : "Keep mine";
    return conflict.showModal();
  });
  const answer = (mine) => store.get("conflict")?.answer(mine);
  part("conflict-mine").addEventListener("click", () => answer(true));
  part("conflict-theirs").addEventListener("click", () => answer(false));
  // Escape decides nothing over the other's head: theirs stays, and undo has mine.
  conflict.addEventListener("cancel", (event) => {
    event.preventDefault();
    answer(false);
  });

  window.addEventListener("beforeunload", (event) => {
    if (root.isConnected && store.get("nonPersistent") && (worthStoring(store.values) || store.get("unsent").length)) event.preventDefault();
  });
}

function group(title, rows) {
  // A key is called what is printed on it; what the mouse does has a name in every language.
  const named = ([keys, , command]) => h("kbd", { translate: command === undefined ? "yes" : null }, keys);
  const lines = rows.map((row) => h("tr", {}, h("td", {}, named(row)), h("td", {}, row[1])));
  return h("section", {}, h("h3", {}, title), h("table", {}, h("tbody", {}, lines)));
}
