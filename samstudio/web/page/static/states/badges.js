// What is said of an image, in small: where it stands, that it needs a second look, that it has a note. The canvas, its strip
// and the gallery's cards show the same signs.

import { drawn, h } from "../../canvas/panels/dom.js";

/** @import { ImageState } from "../../canvas/js/types.d.ts" */

/** @type {Readonly<Record<ImageState, { name: string, outline: string }>>} */
const STATES = {
  todo: { name: "to do", outline: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16z" },
  in_progress: { name: "in progress", outline: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM12 4v16M12 8.500h6M12 12h7.500M12 15.500h6" },
  done: { name: "done", outline: "M5 12.500l4.500 4.500L19 7.500" },
  nothing: { name: "nothing here", outline: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM6.500 6.500l11 11" },
};
export const FLAG = "M6 21V4M6 5h11l-2.500 3.500L17 12H6";
export const NOTE = "M5 4h14v11l-5 5H5zM14 20v-5h5M8.500 8.500h7M8.500 12h5";

/** @param {ImageState} state */
export function stateName(state) {
  return STATES[state].name;
}

/**
 * The sign of where an image stands; `named`: with its name beside it.
 * @param {ImageState} state
 * @param {{ named?: boolean }} [how]
 */
export function stateBadge(state, { named = false } = {}) {
  const { name, outline } = STATES[state];
  return h(`span.ss-state.ss-state-${state}`, { "data-stands": state, title: named ? null : name }, drawn(outline), named ? h("span", {}, name) : null);
}

/** That something needs a second look. */
export function flagBadge() {
  return h("span.ss-flag", { title: "Needs a second look" }, drawn(FLAG));
}

/**
 * That there is a note; resting on it shows it.
 * @param {string} note
 */
export function noteBadge(note) {
  return h("span.ss-note", { title: note, "data-verbatim": "title" }, drawn(NOTE));
}
