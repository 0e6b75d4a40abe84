// The tool for accepted objects: click to select, Shift+click for more, double click to correct.

import { onImage, pixelAt } from "../model/view.js";

/** `actions`: pick(pixel, {more}) gives the id of what was picked, or null; edit(id). */
export function selectTool({ scene, actions }) {
  let picked = []; // the last two: the second click of a double click may reach the object below

  return {
    down() {
      return true;
    },
    move() {},
    up({ start, moved, more }) {
      const { image, view } = scene();
      if (moved || !onImage(view, image, start.x, start.y)) return;
      const id = actions.pick(pixelAt(view, image, start.x, start.y), { more });
      picked = [...picked.slice(-1), more ? null : id];
    },
    twice() {
      if (picked[0]) actions.edit(picked[0]);
    },
    cancel() {},
  };
}
