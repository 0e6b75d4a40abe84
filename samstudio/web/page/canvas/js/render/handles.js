// Where a box can be taken hold of, and where a polygon closes. Pure geometry
// in CSS pixels of the stage: the tools hit-test with what the renderer draws.

import { cornersOf } from "../model/polygons.js";
import { toScreen } from "../model/view.js";

/** @import { Box, Edges, Place, Point, Polygon, View } from "../types.d.ts" */

export const HANDLE = 4; // half a handle's side
const ROOM = 36; // a shorter side has no handle in its middle
const CLOSING = 10;

/**
 * The screen rectangle of a box: its corner pixels are inside, so its edge runs round them.
 * @param {Box} box
 * @param {View} view
 * @returns {Edges}
 */
export function edgesOf([x0, y0, x1, y1], view) {
  const [left, top] = toScreen(view, x0, y0);
  const [right, bottom] = toScreen(view, x1 + 1, y1 + 1);
  return { left, top, right, bottom };
}

/**
 * `[{name: "nw" | "n" | …, x, y}]`: four corners, and the sides' middles where there is room.
 * @param {Box} box
 * @param {View} view
 */
export function handlesOf(box, view) {
  const { left, top, right, bottom } = edgesOf(box, view);
  const [cx, cy] = [(left + right) / 2, (top + bottom) / 2];
  /** @type {Record<string, Point>} */
  const corners = { nw: [left, top], ne: [right, top], se: [right, bottom], sw: [left, bottom] };
  /** @type {Record<string, Point>} */
  const across = right - left >= ROOM ? { n: [cx, top], s: [cx, bottom] } : {};
  /** @type {Record<string, Point>} */
  const down = bottom - top >= ROOM ? { e: [right, cy], w: [left, cy] } : {};
  return Object.entries({ ...corners, ...across, ...down }).map(([name, [x, y]]) => ({ name, x, y }));
}

/**
 * Whether a click at `cursor` (CSS pixels) closes a polygon.
 * @param {Polygon} polygon
 * @param {View} view
 * @param {Place | null} cursor
 */
export function closes(polygon, view, cursor) {
  if (!cursor || cornersOf(polygon).length < 3) return false;
  const [x, y] = toScreen(view, ...polygon.points[0]);
  return Math.hypot(cursor.x - x, cursor.y - y) <= CLOSING;
}
