// The keys of the selection, wherever the focus is in the gallery's tab: a field, a menu and a dialog have their own.

import { closest } from "../../canvas/panels/dom.js";

/** @import { Selecting } from "./selecting.js" */

/**
 * @param {HTMLElement} element the gallery
 * @param {Selecting} selecting
 * @param {{ undo: () => void, remove: () => boolean }} told `remove`: delete what is selected; tells whether something was
 */
export function selectByKeys(element, selecting, { undo, remove }) {
  const isHere = (/** @type {KeyboardEvent} */ event) =>
    element.clientWidth > 0 && !event.defaultPrevented && !closest(event, "input:not([type=range]), select, textarea, dialog, details[open], [data-filters]") &&
    (closest(event, "[data-gallery]") !== null || event.target === document.body);
  const onList = (/** @type {KeyboardEvent} */ { target }) => target === selecting.grid.scroller;

  /** @param {KeyboardEvent} event */
  const done = (event) => {
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    const isCommand = (ctrlKey || metaKey) && !altKey && !shiftKey;
    if (isCommand && key.toLowerCase() === "a") selecting.all();
    else if (isCommand && key.toLowerCase() === "z") undo();
    else if (key === "Escape" && selecting.escape()) return true;
    else if (key === " " && onList(event)) selecting.toggle(selecting.grid.active);
    else return key === "Delete" && !isCommand && remove();
    return true;
  };
  // Before the list's own keys: what is selected is deleted instead of the card that the keys are at.
  document.addEventListener(
    "keydown",
    (event) => {
      if (!isHere(event) || !done(event)) return;
      event.preventDefault();
      event.stopPropagation();
    },
    { capture: true },
  );
}
