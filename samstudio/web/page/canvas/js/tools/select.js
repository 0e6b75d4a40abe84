// The tool for accepted objects: click to select, Shift+click for more, double click to correct.

import { onImage, pixelAt } from "../model/view.js";

/** @import { Tool, ToolApp, ToolInHand } from "../types.d.ts" */

/** @type {Tool} */
export const select = {
  id: "select",
  key: "v",
  label: "Select objects",
  icon: "M5 3l14 8-6.500 1.500L10 19z",
  cursor: "default",
  group: "Objects",
  help: "Select (Shift+click: more)",
  make,
};

/**
 * @param {ToolApp} app
 * @returns {ToolInHand}
 */
function make({ scene, session: { correcting, selecting } }) {
  /** @type {(number | null)[]} */
  let picked = []; // the last two: the second click of a double click may reach the object below

  return {
    down() {
      return true;
    },
    move() {},
    up({ start, moved, more }) {
      const { image, view } = scene();
      if (moved || !onImage(view, image, start.x, start.y)) return;
      const id = selecting.pick(pixelAt(view, image, start.x, start.y), { more });
      picked = [...picked.slice(-1), more ? null : id];
    },
    twice() {
      if (picked[0]) correcting.edit(picked[0]);
    },
    cancel() {},
  };
}
