// Shapes drawn by hand, as masks: exactly the pixels whose centre a stroke or a
// polygon holds. Points are [x, y] in image coordinates, where pixel (i, j) is
// the square from (i, j) to (i + 1, j + 1). What is drawn with them is not known here.

import { maskOf } from "./mask.js";
import { crossings } from "./scanline.js";

/** @import { Bits, Frame, Point, Size } from "../../types.d.ts" */

/**
 * The pixels whose centre is within half of `diameter` of the path; at 1 or less, those under it.
 * @param {readonly Point[]} points
 * @param {number} diameter
 * @param {Size} image
 */
export function strokeMask(points, diameter, image) {
  const radius = diameter / 2;
  const thin = diameter <= 1;
  const frame = frameOf(points, thin ? 0 : radius, image);
  if (!frame) return null;
  const bits = new Uint8Array(frame.w * frame.h);
  const draw = thin ? line : capsule;
  points.forEach((point, i) => {
    if (i > 0 || points.length === 1) draw(frame, bits, points[Math.max(0, i - 1)], point, radius);
  });
  return maskOf({ ...frame, bits });
}

/**
 * The pixels whose centre is inside the polygon (even-odd: what it encloses twice is outside).
 * @param {readonly Point[]} points
 * @param {Size} image
 */
export function polygonMask(points, image) {
  const frame = frameOf(points, 0, image);
  if (!frame) return null;
  const bits = new Uint8Array(frame.w * frame.h);
  // In each row, an edge turns inside to outside, or back, from where it crosses on.
  /** @param {number} i */
  const flip = (i) => void (bits[i] ^= 1);
  points.forEach((point, i) => crossings(frame, points[(i || points.length) - 1], point, flip));
  for (let row = 0; row < frame.h; row += 1) {
    const start = row * frame.w;
    for (let i = start + 1; i < start + frame.w; i += 1) bits[i] ^= bits[i - 1];
  }
  return maskOf({ ...frame, bits });
}

/**
 * The pixels that a shape of these points can reach, or null.
 * @param {readonly Point[]} points
 * @param {number} reach
 * @param {Size} image
 * @returns {Frame | null}
 */
export function frameOf(points, reach, { width, height }) {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    [x0, x1] = [Math.min(x0, x), Math.max(x1, x)];
    [y0, y1] = [Math.min(y0, y), Math.max(y1, y)];
  }
  const x = Math.max(0, Math.floor(x0 - reach));
  const y = Math.max(0, Math.floor(y0 - reach));
  const w = Math.min(width, Math.floor(x1 + reach) + 1) - x;
  const h = Math.min(height, Math.floor(y1 + reach) + 1) - y;
  return w > 0 && h > 0 ? { x, y, w, h } : null;
}

// All points within `radius` of the segment from a to b. Rows of it are
// intervals; each is computed, then put right at its ends by asking the pixels.
/**
 * @param {Frame} frame
 * @param {Bits} bits
 * @param {Point} a
 * @param {Point} b
 * @param {number} radius
 */
function capsule(frame, bits, a, b, radius) {
  const near = nearness(a, b, radius);
  const first = Math.max(0, Math.floor(Math.min(a[1], b[1]) - radius) - frame.y);
  const last = Math.min(frame.h - 1, Math.floor(Math.max(a[1], b[1]) + radius) - frame.y);
  for (let row = first; row <= last; row += 1) {
    const y = frame.y + row + 0.5;
    const [low, high] = interval(a, b, radius, y);
    let [start, end] = [Math.ceil(low - 0.5), Math.floor(high - 0.5)];
    while (start <= end && !near(start + 0.5, y)) start += 1;
    while (end >= start && !near(end + 0.5, y)) end -= 1;
    if (start > end) continue;
    while (near(start - 0.5, y)) start -= 1;
    while (near(end + 1.5, y)) end += 1;
    const from = Math.max(0, start - frame.x);
    const to = Math.min(frame.w, end + 1 - frame.x);
    if (from < to) bits.fill(1, row * frame.w + from, row * frame.w + to);
  }
}

/**
 * @param {Point} a
 * @param {Point} b
 * @param {number} radius
 * @returns {(x: number, y: number) => boolean}
 */
function nearness([ax, ay], [bx, by], radius) {
  const [ux, uy] = [bx - ax, by - ay];
  const length = ux * ux + uy * uy;
  return (x, y) => {
    const along = length ? Math.min(1, Math.max(0, ((x - ax) * ux + (y - ay) * uy) / length)) : 0;
    const [dx, dy] = [x - ax - along * ux, y - ay - along * uy];
    return dx * dx + dy * dy <= radius * radius;
  };
}

// Where the line at height y is near: by either end, or beside the segment.
/**
 * @param {Point} a
 * @param {Point} b
 * @param {number} radius
 * @param {number} y
 * @returns {[low: number, high: number]}
 */
function interval([ax, ay], [bx, by], radius, y) {
  let [low, high] = [Infinity, -Infinity];
  for (const [x, dy] of [[ax, y - ay], [bx, y - by]]) {
    if (Math.abs(dy) > radius) continue;
    const half = Math.sqrt(radius * radius - dy * dy);
    [low, high] = [Math.min(low, x - half), Math.max(high, x + half)];
  }
  const [ux, uy] = [bx - ax, by - ay];
  const length = ux * ux + uy * uy;
  if (length === 0) return [low, high];
  const reach = radius * Math.sqrt(length);
  const [l0, h0] = solve(ux, (y - ay) * uy, 0, length);
  const [l1, h1] = solve(-uy, (y - ay) * ux, -reach, reach);
  const [left, right] = [Math.max(l0, l1), Math.min(h0, h1)];
  return left <= right ? [Math.min(low, ax + left), Math.max(high, ax + right)] : [low, high];
}

// The t for which low <= slope * t + offset <= high.
/**
 * @param {number} slope
 * @param {number} offset
 * @param {number} low
 * @param {number} high
 * @returns {[low: number, high: number]}
 */
function solve(slope, offset, low, high) {
  if (slope === 0) return low <= offset && offset <= high ? [-Infinity, Infinity] : [Infinity, -Infinity];
  const [p, q] = [(low - offset) / slope, (high - offset) / slope];
  return p < q ? [p, q] : [q, p];
}

// The pixel at each step along the longer side, and at both ends.
/**
 * @param {Frame} frame
 * @param {Bits} bits
 * @param {Point} a
 * @param {Point} b
 */
function line(frame, bits, a, b) {
  /**
   * @param {number} x
   * @param {number} y
   */
  const put = (x, y) => {
    const [column, row] = [Math.floor(x) - frame.x, Math.floor(y) - frame.y];
    if (column >= 0 && row >= 0 && column < frame.w && row < frame.h) bits[row * frame.w + column] = 1;
  };
  put(...a);
  put(...b);
  const long = Math.abs(b[0] - a[0]) >= Math.abs(b[1] - a[1]) ? 0 : 1;
  const [from, to] = a[long] <= b[long] ? [a, b] : [b, a];
  for (let i = Math.floor(from[long]); i < to[long]; i += 1) {
    const at = Math.min(to[long], Math.max(from[long], i + 0.5));
    const other = from[1 - long] + ((at - from[long]) * (to[1 - long] - from[1 - long])) / (to[long] - from[long]);
    if (long === 0) put(at, other);
    else put(other, at);
  }
}
