// The tool for accepted objects: click to select, Shift+click for more, double click to correct.

import { onImage, pixelAt } from "../model/view.js";

/** `actions`: pick(pixel, {more}), edit(). */
export function selectTool({ scene, actions }) {
  return {
    down() {
      return true;
    },
    move() {},
    up({ start, moved, more }) {
      const { image, view } = scene();
      if (!moved && onImage(view, image, start.x, start.y)) actions.pick(pixelAt(view, image, start.x, start.y), { more });
    },
    twice: () => actions.edit(),
    cancel() {},
  };
}
