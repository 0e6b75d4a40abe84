// The polygon: one corner a click; a click on the first corner, a double click or Enter closes it.
// Begun with the right button (or Alt) it cuts.

import { closes } from "../draw/handles.js";
import { toImage } from "../model/view.js";

/** `actions`: corner(point, cut), close(). */
export function polygonTool({ scene, actions }) {
  return {
    down() {
      return true;
    },
    move() {},
    up({ start, negative }) {
      const { polygon, view, image } = scene();
      if (polygon && closes(polygon.points, view, start)) return actions.close();
      const [x, y] = toImage(view, start.x, start.y);
      return actions.corner([clamp(x, image.width), clamp(y, image.height)], negative);
    },
    twice() {
      // Both clicks of a double click set a corner on the same spot; that is no harm.
      if (scene().polygon?.points.length >= 3) actions.close();
    },
    cancel() {},
  };
}

function clamp(value, size) {
  return Math.max(0, Math.min(size, value));
}
