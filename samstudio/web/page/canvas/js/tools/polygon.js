// The polygon: one corner a click; a click on the first corner, a double click or Enter closes it.
// Begun with the right button (or Alt) it cuts.

import { closes } from "../render/handles.js";
import { toImage, toScreen } from "../model/view.js";

/** @import { Place, Polygon, Tool, ToolApp, ToolInHand, View } from "../types.d.ts" */

const SAME = 4; // CSS pixels between the two clicks of a double click
const DOUBLE = 500; // milliseconds

/** @type {Tool} */
export const polygon = {
  id: "polygon",
  key: "p",
  label: "Polygon",
  icon: "M12 4l8 6-3 9H7l-3-9zM12 4v.010M20 10v.010M17 19v.010M7 19v.010M4 10v.010",
  cursor: "crosshair",
  group: "Correct",
  help: "Polygon (begun with the right button it cuts)",
  make,
};

/**
 * @param {ToolApp} app
 * @returns {ToolInHand}
 */
function make({ scene, session: { correcting } }) {
  /** @type {(Place & { time: number }) | null} */
  let closed = null; // where the last polygon was closed by a click on its first corner, and when

  /** @param {Place} start */
  const close = (start) => {
    closed = { ...start, time: performance.now() };
    return correcting.polygon();
  };
  /**
   * Whether this is the second click of the double click that closed it: only the next click can be.
   * @param {Place} start
   */
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
      const { polygon: begun, view, image } = scene();
      if (begun && closes(begun.points, view, start)) return close(start);
      // The second click of a double click sets no corner of its own, and begins no polygon.
      if (!begun && again(start)) return undefined;
      if (begun && near(lastCorner(begun, view), start)) return undefined;
      const [x, y] = toImage(view, start.x, start.y);
      return correcting.corner([clamp(x, image.width), clamp(y, image.height)], negative);
    },
    twice() {
      if (scene().polygon) correcting.polygon();
    },
    cancel() {},
  };
}

/**
 * @param {Polygon} polygon
 * @param {View} view
 */
function lastCorner({ points }, view) {
  const [x, y] = toScreen(view, ...points[points.length - 1]);
  return { x, y };
}

/**
 * @param {Place} a
 * @param {Place} b
 */
function near(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y) <= SAME;
}

/**
 * @param {number} value
 * @param {number} size
 */
function clamp(value, size) {
  return Math.max(0, Math.min(size, value));
}
