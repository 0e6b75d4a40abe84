// The dialogs: the choice when two people changed one object, and the browser's own question before a page is left that holds what is
// nowhere else.

import { partsOf } from "./dom.js";
import { worthStoring } from "../sync/stored_work.js";

/** @import { App } from "../types.d.ts" */

/** @param {App} app */
export function mountDialogs({ root, store }) {
  const part = partsOf(root);
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
