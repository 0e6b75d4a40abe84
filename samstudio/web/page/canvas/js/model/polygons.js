// A polygon in the making: corners that a person set, and what leads from one to the next.

/** @import { Point, Polygon } from "../types.d.ts" */

/**
 * The indices of the points that a person set.
 * @param {Polygon} polygon
 */
export function cornersOf({ points, corners }) {
  return corners ?? points.map((_, i) => i);
}

/**
 * With one more corner, the last of the points that lead there.
 * @param {Polygon} polygon
 * @param {readonly Point[]} path
 * @returns {Polygon}
 */
export function withCorner(polygon, path) {
  const points = [...polygon.points, ...path];
  return { ...polygon, points, corners: [...cornersOf(polygon), points.length - 1] };
}

/**
 * Without its last corner and what led there; null where it was the only one.
 * @param {Polygon} polygon
 * @returns {Polygon | null}
 */
export function withoutCorner(polygon) {
  const corners = cornersOf(polygon).slice(0, -1);
  const last = corners.at(-1);
  return last === undefined ? null : { ...polygon, points: polygon.points.slice(0, last + 1), corners };
}
