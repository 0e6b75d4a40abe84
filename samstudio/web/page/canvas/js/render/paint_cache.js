// What drawing a mask needs and costs time to make: a tinted copy and the
// outline. Both are kept for the next frame; tints are large, so only as many
// as fit in BUDGET stay.

import { context2d } from "../model/context.js";
import { traceContours } from "../model/masks/contours.js";

/** @import { Mask } from "../types.d.ts" */

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
  if (!path) outlines.set(mask, (path = traceContours(mask, new Path2D())));
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
