// Fewer points for a path. Pure geometry.

/** @import { Point } from "../../types.d.ts" */

/**
 * The indices, in order, of the points that a closed path needs for every other one to lie within `tolerance`
 * of it; three at least, where three do not lie on a line.
 *
 * The algorithm of Ramer (An iterative procedure for the polygonal approximation of plane curves, 1972) and of
 * Douglas and Peucker (Algorithms for the reduction of the number of points required to represent a digitized
 * line or its caricature, 1973), on the two halves of the path between points that lie far apart.
 * @param {readonly Point[]} points
 * @param {number} tolerance
 */
export function simplified(points, tolerance) {
  const one = farthest(points, 0, 0, points.length, points[0], points[0]).index;
  const other = farthest(points, 0, 0, points.length, points[one], points[one]).index;
  const [start, end] = [Math.min(one, other), Math.max(one, other)];
  const kept = new Set([start, end]);
  keep(points, start, end, tolerance, kept);
  keep(points, end, start + points.length, tolerance, kept);
  if (kept.size < 3) kept.add(farthest(points, 0, 0, points.length, points[start], points[end]).index);
  return [...kept].sort((a, b) => a - b);
}

/**
 * As `simplified`, for a path with two ends, which are kept.
 * @param {readonly Point[]} points
 * @param {number} tolerance
 */
export function simplifiedLine(points, tolerance) {
  const kept = new Set([0, points.length - 1]);
  keep(points, 0, points.length - 1, tolerance, kept);
  return [...kept].sort((a, b) => a - b);
}

/**
 * Add to `kept` what is needed between two of its points; `end` may lie beyond the end of the list, which goes on at its start.
 * @param {readonly Point[]} points
 * @param {number} start
 * @param {number} end
 * @param {number} tolerance
 * @param {Set<number>} kept
 */
function keep(points, start, end, tolerance, kept) {
  const n = points.length;
  const open = [[start, end]];
  for (let range = open.pop(); range; range = open.pop()) {
    const [from, to] = range;
    const { index, distance } = farthest(points, from, from + 1, to, points[from % n], points[to % n]);
    if (distance <= tolerance) continue;
    kept.add(index % n);
    open.push([from, index], [index, to]);
  }
}

/**
 * The point from index `first` to before `last` that is farthest from the segment a-b; `none` where there is none.
 * @param {readonly Point[]} points
 * @param {number} none
 * @param {number} first
 * @param {number} last
 * @param {Point} a
 * @param {Point} b
 */
function farthest(points, none, first, last, a, b) {
  let [index, most] = [none, -1];
  for (let i = first; i < last; i += 1) {
    const distance = squared(points[i % points.length], a, b);
    if (distance > most) [index, most] = [i, distance];
  }
  return { index, distance: Math.sqrt(Math.max(0, most)) };
}

/**
 * The point of the segment a-b that is nearest to p.
 * @param {Point} p
 * @param {Point} a
 * @param {Point} b
 * @returns {Point}
 */
export function nearestOn([px, py], [ax, ay], [bx, by]) {
  const [ux, uy] = [bx - ax, by - ay];
  const length = ux * ux + uy * uy;
  const along = length ? Math.min(1, Math.max(0, ((px - ax) * ux + (py - ay) * uy) / length)) : 0;
  return [ax + along * ux, ay + along * uy];
}

/**
 * @param {Point} p
 * @param {Point} a
 * @param {Point} b
 */
function squared(p, a, b) {
  const [x, y] = nearestOn(p, a, b);
  return (p[0] - x) ** 2 + (p[1] - y) ** 2;
}
