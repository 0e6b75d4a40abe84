// What makes a mask tidy: holes filled, specks removed, edges moved or smoothed.
// Each gives a new mask, the same one where nothing was to do, null where nothing is left.

import { inverse, majority, spread } from "./discs.js";
import { known, maskOf, within } from "./mask.js";
import { areasOf, paintRegions, regionsOf } from "./regions.js";

/** @import { Bits, Crop, Frame, Mask, Size } from "../../types.d.ts" */

/**
 * Fill the background that is cut off from the outside (it does not leak through corners).
 * @param {Mask | null} mask
 */
export function fillHoles(mask) {
  if (!mask) return null;
  const crop = cropOf(mask);
  const regions = regionsOf(crop, 0, false);
  const open = new Uint8Array(regions.count);
  regions.of.forEach((region, i) => {
    const [row, start, end] = [regions.row[i], regions.start[i], regions.end[i]];
    if (row === 0 || row === crop.h - 1 || start === 0 || end === crop.w) open[region] = 1;
  });
  paintRegions(crop, regions, 1, (region) => !open[region]);
  return known(maskOf(crop), mask);
}

/**
 * Without the parts of fewer than `minArea` pixels; the largest stays in any case.
 * @param {Mask | null} mask
 * @param {number} minArea
 */
export function removeSpecks(mask, minArea) {
  if (!mask) return null;
  const crop = cropOf(mask);
  const regions = regionsOf(crop, 1, true);
  const areas = areasOf(regions);
  const largest = areas.reduce((best, area, region) => (area > areas[best] ? region : best), 0);
  /** @param {number} region */
  const stays = (region) => region === largest || areas[region] >= minArea;
  if (areas.every((_, region) => stays(region))) return mask;
  paintRegions(crop, regions, 0, (region) => !stays(region));
  return maskOf(crop);
}

/**
 * Each part that hangs together, by a corner at least, as a mask; the largest first.
 * @param {Mask | null} mask
 * @returns {Mask[]}
 */
export function components(mask) {
  if (!mask) return [];
  const regions = regionsOf(mask, 1, true);
  if (regions.count === 1) return [mask];
  const { row, start, end, of } = regions;
  /** @type {number[][]} */
  const runs = Array.from({ length: regions.count }, () => []);
  for (let i = 0; i < of.length; i += 1) runs[of[i]].push(i);
  const parts = runs.flatMap((own) => {
    const [top, bottom] = [row[own[0]], row[own[own.length - 1]]];
    const left = own.reduce((least, i) => Math.min(least, start[i]), mask.w);
    const w = own.reduce((most, i) => Math.max(most, end[i]), 0) - left;
    const bits = new Uint8Array(w * (bottom - top + 1));
    for (const i of own) bits.fill(1, (row[i] - top) * w + start[i] - left, (row[i] - top) * w + end[i] - left);
    return maskOf({ x: mask.x + left, y: mask.y + top, w, h: bottom - top + 1, bits }) ?? [];
  });
  return parts.sort((a, b) => b.area - a.area);
}

/**
 * With every pixel of the image that is at most `pixels` from it.
 * @param {Mask | null} mask
 * @param {number} pixels
 * @param {Size} image
 */
export function grow(mask, pixels, image) {
  if (!mask || pixels < 1) return mask;
  const frame = framed(mask, Math.floor(pixels), image);
  const bits = spread(within(frame, mask), frame.w, frame.h, pixels);
  return known(maskOf({ ...frame, bits }), mask);
}

/**
 * Without the pixels that are at most `pixels` from the background. Beyond the
 * mask's crop all is background; with `image`, what is beyond the image is not.
 * @param {Mask | null} mask
 * @param {number} pixels
 * @param {Size | null} [image]
 */
export function shrink(mask, pixels, image = null) {
  if (!mask || pixels < 1) return mask;
  const frame = framed(mask, 1, image);
  const background = inverse(within(frame, mask));
  return maskOf({ ...frame, bits: inverse(spread(background, frame.w, frame.h, pixels)) });
}

/**
 * With bumps and dents evened out: each pixel becomes what most of the image in a
 * disc around it is. A mask of which nothing would be left stays as it is.
 * @param {Mask | null} mask
 * @param {number} radius
 * @param {Size} image
 */
export function smooth(mask, radius, image) {
  if (!mask || radius < 1) return mask;
  const frame = framed(mask, Math.floor(radius), image);
  return known(maskOf({ ...frame, bits: majority(within(frame, mask), frame, radius, image) }) ?? mask, mask);
}

/**
 * @param {Crop} crop
 * @returns {Crop}
 */
function cropOf({ x, y, w, h, bits }) {
  return { x, y, w, h, bits: bits.slice() };
}

// The mask's crop with a margin, inside the image where there is one.
/**
 * @param {Frame} mask
 * @param {number} margin
 * @param {Size | null} image
 * @returns {Frame}
 */
function framed(mask, margin, image) {
  const { width, height } = image ?? { width: Infinity, height: Infinity };
  const least = image ? 0 : -Infinity;
  const [x, y] = [Math.max(least, mask.x - margin), Math.max(least, mask.y - margin)];
  const w = Math.min(width, mask.x + mask.w + margin) - x;
  return { x, y, w, h: Math.min(height, mask.y + mask.h + margin) - y };
}
