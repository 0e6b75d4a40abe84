// The choice where two people said something else of one image or object: both are shown.

import { stateName } from "../../static/states/badges.js";
import { LONGEST_NOTE, bothNotes } from "../model/marks.js";
import { h, partsOf } from "./dom.js";

/** @import { App, ImageMarks, MarksChoice } from "../types.d.ts" */

/** @param {App} app */
export function mountMarksConflict({ root, store }) {
  const part = partsOf(root);
  const dialog = part("marks-conflict", HTMLDialogElement);

  store.on(["marksConflict"], ({ marksConflict: now }) => {
    if (!now) return dialog.open && dialog.close();
    const { name, mine, theirs } = now;
    part("conflict-of").textContent = name;
    part("theirs-said").replaceChildren(...lines(theirs));
    part("mine-said").replaceChildren(...lines(mine));
    part("said-both").hidden = !mine.note || !theirs.note || bothNotes(mine, theirs).length > LONGEST_NOTE;
    return dialog.showModal();
  });
  /** @param {MarksChoice} choice */
  const answering = (choice) => () => store.get("marksConflict")?.answer(choice);
  part("said-theirs").addEventListener("click", answering("theirs"));
  part("said-both").addEventListener("click", answering("both"));
  part("said-mine").addEventListener("click", answering("mine"));
  // Escape decides nothing over the other's head, and gives up no text: of two notes it keeps both.
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    store.get("marksConflict")?.answer(part("said-both").hidden ? "theirs" : "both");
  });
}

/** @param {Partial<ImageMarks>} marks */
function lines({ state, flagged, note }) {
  return [
    ...(state === undefined ? [] : [h("p", {}, stateName(state))]),
    ...(flagged === undefined ? [] : [h("p", {}, flagged ? "Needs a second look" : "Needs no second look")]),
    ...(note === undefined ? [] : [note ? h("p.ss-note-text", { translate: "no" }, note) : h("p.ss-quiet", {}, "No note")]),
  ];
}
