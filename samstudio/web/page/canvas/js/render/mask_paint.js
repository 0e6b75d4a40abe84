// Paints one mask as an item says: filled, outlined, haloed, dashed. Works in
// any context whose frame says where the image lies on it; keeps nothing.
//
// A frame: {sx, sy, ox, oy, pixel}: device pixels per image pixel, where the
// image's origin lies, device pixels per CSS pixel. An item: {mask, color,
// fill: opacity, halo, dash, faint}.

import { overlap } from "../model/masks/bits.js";
import { maskOf, within } from "../model/masks/mask.js";
import { factorFor, hasLevel, reduced } from "./levels.js";
import { outline, tinted, tintedRim, tinting, tintingRim } from "./paint_cache.js";

/** @import { CanvasFrame, Context2D, Edges, Mask, MaskItem, Size } from "../types.d.ts" */

const REACH = 3; // CSS pixels that an outline may lie outside its mask
const CLOSE = 2; // device pixels a pixel of the mask, from which on the outline of a part is looked for
const MARGIN = 4; // pixels of the mask
/** @type {WeakSet<Mask>} */
const painted = new WeakSet(); // masks, and smaller copies, whose tint and outline were made

/**
 * @param {Context2D} context
 * @param {CanvasFrame} frame
 * @param {MaskItem} item
 */
export function paintMask(context, frame, item) {
  const factor = factorFor(frame.sx);
  const mask = reduced(item.mask, factor);
  context.setTransform(frame.sx * factor, 0, 0, frame.sy * factor, frame.ox, frame.oy);
  if (item.fill > 0) {
    context.imageSmoothingEnabled = frame.sx * factor < 1;
    context.imageSmoothingQuality = "low";
    context.globalAlpha = item.fill;
    context.drawImage(tinted(mask, item.color), mask.x, mask.y);
  }
  painted.add(mask);
  const path = outline(mask) ?? outlineInSight(mask, context.canvas, frame, factor);
  if (path) strokeOutline(context, path, item, frame.pixel / (frame.sx * factor));
  else paintRim(context, mask, item);
  context.globalAlpha = 1;
  context.setLineDash([]);
}

/**
 * Make in steps the copies of a mask that `paintMask` would make when it is painted first.
 * @param {Mask} mask
 * @param {string} color
 * @param {CanvasFrame} frame
 */
export function* making(mask, color, frame) {
  const factor = factorFor(frame.sx);
  const small = reduced(mask, factor);
  yield;
  yield* tinting(small, color);
  yield;
  const path = outline(small);
  yield;
  if (!path && frame.sx * factor < CLOSE) yield* tintingRim(small, color);
}

/**
 * The outline of what a canvas shows of a ragged mask; null where even that has too many corners.
 * @param {Mask} mask
 * @param {Size} canvas
 * @param {CanvasFrame} frame
 * @param {number} factor
 */
function outlineInSight(mask, { width, height }, frame, factor) {
  const [kx, ky] = [frame.sx * factor, frame.sy * factor];
  if (kx < CLOSE) return null;
  // What the cut adds to the outline lies out of sight.
  const [x, y] = [Math.floor(-frame.ox / kx) - MARGIN, Math.floor(-frame.oy / ky) - MARGIN];
  const shown = overlap(mask, { x, y, w: Math.ceil(width / kx) + 2 * MARGIN, h: Math.ceil(height / ky) + 2 * MARGIN });
  const part = shown && maskOf({ ...shown, bits: within(shown, mask) });
  return part ? outline(part) : new Path2D();
}

/**
 * @param {Context2D} context
 * @param {Mask} mask
 * @param {MaskItem} item
 */
function paintRim(context, mask, { color, faint }) {
  context.globalAlpha = faint ? 0.8 : 1;
  context.imageSmoothingEnabled = false; // a line one pixel wide must stay in sight
  context.drawImage(tintedRim(mask, color), mask.x, mask.y);
}

/**
 * @param {Context2D} context
 * @param {Path2D} path
 * @param {MaskItem} item
 * @param {number} css
 */
function strokeOutline(context, path, { color, halo, dash, faint }, css) {
  context.lineJoin = "miter";
  context.lineCap = "butt";
  context.globalAlpha = faint ? 0.8 : 1;
  context.setLineDash(dash ? [5 * css, 4 * css] : []);
  if (halo) {
    context.strokeStyle = "rgba(255, 255, 255, 0.9)";
    context.lineWidth = 3.5 * css;
    context.stroke(path);
  }
  context.strokeStyle = color;
  context.lineWidth = 1.5 * css;
  context.stroke(path);
}

/**
 * Whole device pixels {left, top, right, bottom} that painting `items` can touch; null for none.
 * @param {readonly MaskItem[]} items
 * @param {CanvasFrame} frame
 * @returns {Edges | null}
 */
export function boundsOf(items, frame) {
  if (!items.length) return null;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { mask } of items) {
    [left, top] = [Math.min(left, mask.x), Math.min(top, mask.y)];
    [right, bottom] = [Math.max(right, mask.x + mask.w), Math.max(bottom, mask.y + mask.h)];
  }
  // A smaller copy is in steps of its factor, so that it may reach a step further.
  const reach = REACH * frame.pixel + 1;
  return {
    left: Math.floor(left * frame.sx + frame.ox - reach),
    top: Math.floor(top * frame.sy + frame.oy - reach),
    right: Math.ceil(right * frame.sx + frame.ox + reach),
    bottom: Math.ceil(bottom * frame.sy + frame.oy + reach),
  };
}

/**
 * What painting an item costs, in µs of a slow machine; the first time, its copies are made too.
 * @param {MaskItem} item
 * @param {CanvasFrame} frame
 */
export function costOf({ mask }, frame) {
  const factor = factorFor(frame.sx);
  const [w, h] = [mask.w / factor, mask.h / factor];
  const every = 60 + 0.6 * (w + h) + 0.002 * frame.sx * frame.sy * mask.w * mask.h;
  if (hasLevel(mask, factor) && painted.has(reduced(mask, factor))) return every;
  return every + 0.0035 * mask.w * mask.h + 0.006 * w * h + 0.4 * (w + h);
}
