// Masks put elsewhere: beside where they were, or onto an image of another size. They keep their pixels.

import { maskOf, within } from "./mask.js";

/** @import { Mask, Size } from "../../types.d.ts" */

/**
 * A mask on an image, as near to where it was as it lies inside; what no place has room for is cut off.
 * @param {Mask} mask
 * @param {Size} image
 * @returns {{ mask: Mask | null, moved: boolean, cut: boolean }}
 */
export function placedOn(mask, { width, height }) {
  const [x, y] = [inside(mask.x, mask.w, width), inside(mask.y, mask.h, height)];
  const moved = x !== mask.x || y !== mask.y;
  const cut = mask.w > width || mask.h > height;
  const there = moved ? at(mask, x, y) : mask;
  if (!cut || !there) return { mask: there, moved, cut };
  const frame = { x: 0, y: 0, w: width, h: height };
  return { mask: maskOf({ ...frame, bits: within(frame, there) }), moved, cut };
}

/**
 * A copy a little beside the original, to be seen; the next copies further on.
 * @param {Mask | null} mask
 * @param {Size | null} image
 * @param {number} [times]
 */
export function beside(mask, image, times = 1) {
  if (!mask || !image) return null;
  const by = times * Math.max(2, Math.round(Math.max(image.width, image.height) / 100));
  /**
   * @param {number} start
   * @param {number} size
   * @param {number} whole
   */
  const next = (start, size, whole) => (start + by + size <= whole ? start + by : Math.max(0, start - by));
  return at(mask, next(mask.x, mask.w, image.width), next(mask.y, mask.h, image.height));
}

/**
 * @param {Mask} mask
 * @param {number} x
 * @param {number} y
 */
function at({ w, h, bits }, x, y) {
  return maskOf({ x, y, w, h, bits });
}

/**
 * @param {number} start
 * @param {number} size
 * @param {number} whole
 */
function inside(start, size, whole) {
  return Math.max(0, Math.min(start, whole - size));
}
