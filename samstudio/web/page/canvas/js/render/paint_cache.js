// What drawing a mask needs and costs time to make: a tinted copy and the
// outline, or a tinted copy of the rim where that is too ragged for a line. All are
// kept for the next frame; tints are large, so only as many as fit in BUDGET stay.

import { context2d } from "../model/context.js";
import { traceContours } from "../model/masks/contours.js";
import { rimOf } from "../model/masks/rim.js";
import { OutlinePen } from "./outline_pen.js";

/** @import { Bits, Mask } from "../types.d.ts" */

const BUDGET = 64 * 2 ** 20; // bytes of tints
const STEP = 500_000; // pixels that are painted in a step

/** @typedef {{ canvas: OffscreenCanvas | null, bytes: number }} Tint */

/** @type {WeakMap<Mask, Map<string, Tint>>} */
const tints = new WeakMap(); // mask -> Map of color, and of what is painted, -> tint
/** @type {WeakMap<Mask, Path2D | null>} */
const outlines = new WeakMap(); // mask -> Path2D; null where it has too many corners
/** @type {Set<Tint>} */
const recent = new Set(); // tints, the least recently used first; they do not hold their masks
let held = 0;

/**
 * The mask filled with `color` (#rrggbb), as a canvas of its crop.
 * @param {Mask} mask
 * @param {string} color
 */
export function tinted(mask, color) {
  return finished(tinting(mask, color));
}

/**
 * As `tinted`, in steps that are each a small part of a frame.
 * @param {Mask} mask
 * @param {string} color
 */
export function tinting(mask, color) {
  return kept(mask, color, color, () => mask.bits);
}

/**
 * As `tinted`, of the mask's rim alone: an outline as wide as one of its pixels, for any number of corners.
 * @param {Mask} mask
 * @param {string} color
 */
export function tintedRim(mask, color) {
  return finished(tintingRim(mask, color));
}

/**
 * As `tintedRim`, in steps.
 * @param {Mask} mask
 * @param {string} color
 */
export function tintingRim(mask, color) {
  return kept(mask, `rim ${color}`, color, () => rimOf(mask));
}

/**
 * @param {Mask} mask
 * @param {string} name
 * @param {string} color
 * @param {() => Bits} bits
 * @returns {Generator<void, OffscreenCanvas>}
 */
function* kept(mask, name, color, bits) {
  let named = tints.get(mask);
  if (!named) tints.set(mask, (named = new Map()));
  const canvas = named.get(name)?.canvas ?? (yield* painting(mask, bits(), color));
  let tint = named.get(name);
  if (!tint?.canvas) {
    tint = { canvas, bytes: 4 * mask.w * mask.h };
    named.set(name, tint);
    held += tint.bytes;
  }
  recent.delete(tint);
  recent.add(tint);
  if (held > BUDGET) forget(tint);
  return canvas;
}

/**
 * @template T
 * @param {Generator<void, T>} steps
 */
function finished(steps) {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/**
 * The mask's edge along its pixels' edges, in image coordinates: exact at any zoom. Null where it has too many corners to be
 * stroked in a frame.
 * @param {Mask} mask
 */
export function outline(mask) {
  let path = outlines.get(mask);
  if (path === undefined) outlines.set(mask, (path = traceContours(mask, new OutlinePen()).path));
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
 * @param {Bits} bits
 * @param {string} color
 * @returns {Generator<void, OffscreenCanvas>}
 */
function* painting({ w, h }, bits, color) {
  const canvas = new OffscreenCanvas(w, h);
  const context = context2d(canvas);
  const value = Number.parseInt(color.slice(1), 16);
  const ink = (255 << 24) | ((value & 255) << 16) | (value & 0xff00) | ((value >> 16) & 255);
  const rows = Math.ceil(STEP / w);
  for (let top = 0; top < h; top += rows) {
    if (top) yield;
    const image = context.createImageData(w, Math.min(rows, h - top));
    const pixels = new Uint32Array(image.data.buffer);
    for (let i = 0, from = top * w; i < pixels.length; i += 1) pixels[i] = -bits[from + i] & ink;
    context.putImageData(image, 0, top);
  }
  return canvas;
}
