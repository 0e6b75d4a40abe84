// The polygon: one corner a click; a click on the first corner, a double click or Enter closes it.
// Begun with the right button (or Alt) it cuts.

import { closes } from "../render/handles.js";
import { toImage, toScreen } from "../model/view.js";

const SAME = 4; // CSS pixels between the two clicks of a double click
const DOUBLE = 500; // milliseconds

/** `actions`: corner(point, cut), close(). */
export function polygonTool({ scene, actions }) {
  let closed = null; // where the last polygon was closed by a click on its first corner, and when

  const close = (start) => {
    closed = { ...start, time: performance.now() };
    return actions.close();
  };
  // Whether this is the second click of the double click that closed it: only the next click can be.
  const again = (start) => {
    const last = closed;
    closed = null;
    return last !== null && performance.now() - last.time < DOUBLE && near(last, start);
  };

  return {
    down() {
      return true;
    },
    move() {},
    up({ start, negative }) {
      const { polygon, view, image } = scene();
      if (polygon && closes(polygon.points, view, start)) return close(start);
      // The second click of a double click sets no corner of its own, and begins no polygon.
      if (!polygon && again(start)) return undefined;
      if (polygon && near(lastCorner(polygon, view), start)) return undefined;
      const [x, y] = toImage(view, start.x, start.y);
      return actions.corner([clamp(x, image.width), clamp(y, image.height)], negative);
    },
    twice() {
      if (scene().polygon) actions.close();
    },
    cancel() {},
  };
}

function lastCorner({ points }, view) {
  const [x, y] = toScreen(view, ...points.at(-1));
  return { x, y };
}

function near(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y) <= SAME;
}

function clamp(value, size) {
  return Math.max(0, Math.min(size, value));
}
