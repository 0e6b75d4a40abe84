// Smaller copies of masks for a picture that is zoomed out: filling and
// outlining cost what the screen has pixels, not what the image has.

import { maskOf } from "../model/masks/mask.js";

/** @import { Bits, Frame, Mask } from "../types.d.ts" */

/** @type {WeakMap<Mask, Map<number, Mask>>} */
const kept = new WeakMap(); // mask → Map of factor → smaller mask

/**
 * How many image pixels one pixel of the copy spans: at most one pixel of the screen.
 * @param {number} scale
 */
export function factorFor(scale) {
  let factor = 1;
  while (factor * 2 * scale <= 1) factor *= 2;
  return factor;
}

/**
 * The mask at 1/`factor` of its size; its corner and its pixels count in steps of `factor`.
 * @param {Mask} mask
 * @param {number} factor
 * @returns {Mask}
 */
export function reduced(mask, factor) {
  if (factor === 1) return mask;
  let levels = kept.get(mask);
  if (!levels) kept.set(mask, (levels = new Map()));
  let level = levels.get(factor);
  if (!level) levels.set(factor, (level = shrunk(mask, factor)));
  return level;
}

/**
 * @param {Mask} mask
 * @param {number} factor
 */
export function hasLevel(mask, factor) {
  return factor === 1 || Boolean(kept.get(mask)?.has(factor));
}

/**
 * @param {Mask} mask
 * @param {number} factor
 * @returns {Mask}
 */
function shrunk(mask, factor) {
  const x = Math.floor(mask.x / factor);
  const y = Math.floor(mask.y / factor);
  const w = Math.floor((mask.x + mask.w - 1) / factor) - x + 1;
  const h = Math.floor((mask.y + mask.h - 1) / factor) - y + 1;
  const counts = count(mask, factor, { x, y, w, h });
  /**
   * A line one pixel wide must stay in sight, so half a row of a cell is enough.
   * @param {number} bound
   */
  const least = (bound) => maskOf({ x, y, w, h, bits: above(counts, bound) });
  return least(factor / 2) ?? /** @type {Mask} */ (least(1));
}

// Foreground pixels in each cell.
/**
 * @param {Mask} mask
 * @param {number} factor
 * @param {Frame} frame
 */
function count(mask, factor, { x, y, w, h }) {
  const { bits } = mask;
  const counts = new Uint16Array(w * h);
  const skip = mask.x - x * factor; // pixels of the first cell that the crop leaves out
  for (let row = 0; row < mask.h; row += 1) {
    let cell = (Math.floor((mask.y + row) / factor) - y) * w;
    const end = (row + 1) * mask.w;
    for (let i = row * mask.w, stop = i + factor - skip; i < end; stop += factor, cell += 1) {
      let sum = 0;
      for (const last = Math.min(stop, end); i < last; i += 1) sum += bits[i];
      counts[cell] += sum;
    }
  }
  return counts;
}

/**
 * @param {Uint16Array} counts
 * @param {number} bound
 */
function above(counts, bound) {
  const bits = new Uint8Array(counts.length);
  for (let i = 0; i < bits.length; i += 1) bits[i] = counts[i] >= bound ? 1 : 0;
  return bits;
}
