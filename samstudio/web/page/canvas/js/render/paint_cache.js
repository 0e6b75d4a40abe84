// What drawing a mask needs and costs time to make: a tinted copy and the
// outline. Both are kept for the next frame; tints are large, so only as many
// as fit in BUDGET stay.

import { context2d } from "../model/context.js";

/** @import { Bits, Mask } from "../types.d.ts" */

const BUDGET = 64 * 2 ** 20; // bytes of tints

/** @typedef {{ canvas: OffscreenCanvas | null, bytes: number }} Tint */

/** @type {WeakMap<Mask, Map<string, Tint>>} */
const tints = new WeakMap(); // mask -> Map of color -> tint
/** @type {WeakMap<Mask, Path2D>} */
const outlines = new WeakMap(); // mask -> Path2D
/** @type {Set<Tint>} */
const recent = new Set(); // tints, the least recently used first; they do not hold their masks
let held = 0;

/**
 * The mask filled with `color` (#rrggbb), as a canvas of its crop.
 * @param {Mask} mask
 * @param {string} color
 * @returns {OffscreenCanvas}
 */
export function tinted(mask, color) {
  let colors = tints.get(mask);
  if (!colors) tints.set(mask, (colors = new Map()));
  let tint = colors.get(color);
  const canvas = tint?.canvas ?? paint(mask, color);
  if (!tint?.canvas) {
    tint = { canvas, bytes: 4 * mask.w * mask.h };
    colors.set(color, tint);
    held += tint.bytes;
  }
  recent.delete(tint);
  recent.add(tint);
  if (held > BUDGET) forget(tint);
  return canvas;
}

/**
 * The mask's edge along its pixels' edges, in image coordinates: exact at any zoom.
 * @param {Mask} mask
 */
export function outline(mask) {
  let path = outlines.get(mask);
  if (!path) outlines.set(mask, (path = trace(mask)));
  return path;
}

/** Bytes of the tints that are held. */
export function tintBytes() {
  return held;
}

/** @param {Tint} newest */
function forget(newest) {
  for (const tint of recent) {
    if (held <= BUDGET || tint === newest) return;
    recent.delete(tint);
    held -= tint.bytes;
    tint.canvas = null;
  }
}

/**
 * @param {Mask} mask
 * @param {string} color
 */
function paint({ w, h, bits }, color) {
  const canvas = new OffscreenCanvas(w, h);
  const context = context2d(canvas);
  const image = context.createImageData(w, h);
  const pixels = new Uint32Array(image.data.buffer);
  const value = Number.parseInt(color.slice(1), 16);
  const ink = (255 << 24) | ((value & 255) << 16) | (value & 0xff00) | ((value >> 16) & 255);
  for (let i = 0; i < pixels.length; i += 1) pixels[i] = -bits[i] & ink;
  context.putImageData(image, 0, 0);
  return canvas;
}

// Closed loops with the foreground at their right hand. Every loop has an edge
// that runs rightwards, along the top of a pixel, and reading order finds its
// corner first: so loops start at such edges, each walked once.
/** @param {Mask} mask */
function trace(mask) {
  const path = new Path2D();
  const [grid, stride] = padded(mask);
  for (let i = stride; i < grid.length; i += 1) {
    if (grid[i] === 1 && grid[i - stride] === 0) loop(path, grid, stride, i, mask);
  }
  return path;
}

const WALKED = 2; // set on a pixel when the edge along its top is walked

/**
 * @param {Path2D} path
 * @param {Bits} grid
 * @param {number} stride
 * @param {number} start
 * @param {Mask} mask
 */
function loop(path, grid, stride, start, { x, y }) {
  const steps = [1, stride, -1, -stride]; // right, down, left, up
  let direction = 0;
  // A corner is named by the pixel below and right of it.
  let corner = start;
  /**
   * @param {number} i
   * @returns {[x: number, y: number]}
   */
  const put = (i) => [x - 1 + (i % stride), y - 1 + Math.floor(i / stride)];
  path.moveTo(...put(corner));
  for (;;) {
    if (direction === 0) grid[corner] |= WALKED;
    corner += steps[direction];
    const turn = turnAt(grid, stride, corner, direction);
    direction = (direction + turn) & 3;
    if (corner === start && direction === 0) break;
    if (turn !== 0) path.lineTo(...put(corner));
  }
  path.closePath();
}

// Left (-1) where the pixel ahead at the left is foreground, ahead where only the right one is, else right.
/**
 * @param {Bits} grid
 * @param {number} stride
 * @param {number} corner
 * @param {number} direction
 */
function turnAt(grid, stride, corner, direction) {
  const above = corner - stride; // and corner itself below it: the pixels east; one less: those west
  let left = above;
  let right = corner;
  if (direction === 1) [left, right] = [corner, corner - 1];
  else if (direction === 2) [left, right] = [corner - 1, above - 1];
  else if (direction === 3) [left, right] = [above - 1, above];
  if (grid[left]) return -1;
  return grid[right] ? 0 : 1;
}

// The crop with a ring of background, so that no neighbour needs to be checked for being there.
/**
 * @param {Mask} mask
 * @returns {[grid: Bits, stride: number]}
 */
function padded({ w, h, bits }) {
  const stride = w + 2;
  const grid = new Uint8Array(stride * (h + 2));
  for (let row = 0; row < h; row += 1) grid.set(bits.subarray(row * w, (row + 1) * w), (row + 1) * stride + 1);
  return [grid, stride];
}
