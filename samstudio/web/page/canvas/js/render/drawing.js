// One drawing of masks on a canvas of its own: the part of the stage that they
// touch and a margin round it, painted in slices. When to make one is layer.js's.

import { context2d } from "../model/context.js";
import { boundsOf, costOf, paintMask } from "./mask_paint.js";

/** @import { CanvasFrame, Context2D, Drawing, Edges, MaskItem } from "../types.d.ts" */

const probe = context2d(new OffscreenCanvas(1, 1));

/**
 * A drawing of `items` for `frame`, `margin` CSS pixels larger than the stage, still to be painted.
 * What `old`, a painted one of the same items, has in common with it is copied.
 * @param {readonly MaskItem[]} items
 * @param {CanvasFrame} frame
 * @param {number} margin
 * @param {Drawing | null} [old]
 */
export function begin(items, frame, margin, old = null) {
  const area = visible(items, frame, margin) ?? { left: 0, top: 0, right: 1, bottom: 1 };
  const canvas = new OffscreenCanvas(area.right - area.left, area.bottom - area.top);
  /** @type {Drawing} */
  const drawing = { ...area, canvas, context: context2d(canvas), frame, items, jobs: [] };
  const usable = old && sameScale(old, frame) && wholeSteps(old, frame) ? old : null;
  const shared = usable && placed(usable, frame);
  if (usable && shared) drawing.context.drawImage(usable.canvas, shared.left - area.left, shared.top - area.top);
  for (const part of shared ? outside(area, shared) : [area]) order(drawing, items, part);
  return drawing;
}

/**
 * Items on top of those that are painted.
 * @param {Drawing} drawing
 * @param {readonly MaskItem[]} items
 */
export function extend(drawing, items) {
  order(drawing, items.slice(drawing.items.length), drawing);
  drawing.items = items;
  paintSome(drawing, Infinity);
}

/**
 * Paint until `budget` (of costOf) is spent; → whether all is painted.
 * @param {Drawing} drawing
 * @param {number} budget
 */
export function paintSome(drawing, budget) {
  const { frame, jobs, context, canvas } = drawing;
  const inside = { ...frame, ox: frame.ox - drawing.left, oy: frame.oy - drawing.top };
  let left = budget;
  let done = 0;
  for (; done < jobs.length && left > 0; done += 1) {
    const { item, part } = jobs[done];
    left -= costOf(item, frame);
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.beginPath();
    context.rect(part.left - drawing.left, part.top - drawing.top, part.right - part.left, part.bottom - part.top);
    context.clip();
    paintMask(context, inside, item);
    context.restore();
  }
  jobs.splice(0, done);
  // The browser puts painting off until the canvas is looked at: it must not pile up for the last slice.
  if (budget < Infinity) probe.drawImage(canvas, 0, 0, 1, 1, 0, 0, 1, 1);
  return jobs.length === 0;
}

/**
 * Copy it to where `frame` shows it: moved, or stretched.
 * @param {Context2D} context
 * @param {Drawing} drawing
 * @param {CanvasFrame} frame
 */
export function blit(context, drawing, frame) {
  const { canvas, left, top, frame: from } = drawing;
  const [kx, ky] = [frame.sx / from.sx, frame.sy / from.sy];
  const moved = kx === 1 && ky === 1;
  const [x, y] = [(left - from.ox) * kx + frame.ox, (top - from.oy) * ky + frame.oy];
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.imageSmoothingEnabled = !moved;
  if (moved) context.drawImage(canvas, Math.round(x), Math.round(y));
  else context.drawImage(canvas, x, y, canvas.width * kx, canvas.height * ky);
}

/**
 * Whether copying it gives what `frame` shows, and `spare` CSS pixels round the stage.
 * @param {Drawing | null} drawing
 * @param {CanvasFrame} frame
 * @param {number} [spare]
 */
export function fits(drawing, frame, spare = 0) {
  return drawing !== null && sameScale(drawing, frame) && wholeSteps(drawing, frame) && covers(drawing, frame, spare);
}

/**
 * @param {Drawing} drawing
 * @param {CanvasFrame} frame
 */
export function sameScale({ frame: from }, frame) {
  return from.sx === frame.sx && from.sy === frame.sy && from.pixel === frame.pixel;
}

/**
 * Whether the view moved since by whole device pixels.
 * @param {Drawing} drawing
 * @param {CanvasFrame} frame
 */
export function wholeSteps({ frame: from }, frame) {
  /** @param {number} d */
  const whole = (d) => Math.abs(d - Math.round(d)) < 1e-3;
  return whole(frame.ox - from.ox) && whole(frame.oy - from.oy);
}

/**
 * Whether all that `items` show on the stage, and `spare` CSS pixels round it, is in the drawing.
 * @param {Drawing} drawing
 * @param {CanvasFrame} frame
 * @param {number} spare
 * @param {readonly MaskItem[]} [items]
 */
export function covers(drawing, frame, spare, items = drawing.items) {
  const needed = visible(items, frame, spare);
  if (!needed) return true;
  const { left, top, right, bottom } = placed(drawing, frame);
  // Bounds are whole pixels with one to spare, so that rounding does not count.
  return left <= needed.left + 1 && top <= needed.top + 1 && right >= needed.right - 1 && bottom >= needed.bottom - 1;
}

/**
 * @param {Drawing} drawing
 * @param {CanvasFrame} frame
 * @returns {Edges}
 */
function placed(drawing, frame) {
  const [dx, dy] = [Math.round(frame.ox - drawing.frame.ox), Math.round(frame.oy - drawing.frame.oy)];
  return { left: drawing.left + dx, top: drawing.top + dy, right: drawing.right + dx, bottom: drawing.bottom + dy };
}

// What of the stage, `spare` CSS pixels round it, the items can touch; null for nothing.
/**
 * @param {readonly MaskItem[]} items
 * @param {CanvasFrame} frame
 * @param {number} spare
 * @returns {Edges | null}
 */
function visible(items, frame, spare) {
  const bounds = boundsOf(items, frame);
  if (!bounds) return null;
  const margin = Math.round(spare * frame.pixel);
  const right = Math.min(bounds.right, frame.width + margin);
  const bottom = Math.min(bounds.bottom, frame.height + margin);
  const [left, top] = [Math.max(bounds.left, -margin), Math.max(bounds.top, -margin)];
  return right > left && bottom > top ? { left, top, right, bottom } : null;
}

// The up to four rectangles of `area` that are not in `inner`.
/**
 * @param {Edges} area
 * @param {Edges} inner
 */
function outside(area, inner) {
  const top = Math.min(Math.max(inner.top, area.top), area.bottom);
  const bottom = Math.max(Math.min(inner.bottom, area.bottom), top);
  const parts = [
    { ...area, bottom: top },
    { ...area, top: bottom },
    { ...area, top, bottom, right: Math.min(inner.left, area.right) },
    { ...area, top, bottom, left: Math.max(inner.right, area.left) },
  ];
  return parts.filter((part) => part.right > part.left && part.bottom > part.top);
}

/**
 * @param {Drawing} drawing
 * @param {readonly MaskItem[]} items
 * @param {Edges} part
 */
function order(drawing, items, { left, top, right, bottom }) {
  for (const item of items) {
    const bounds = boundsOf([item], drawing.frame);
    const seen = bounds && bounds.right > left && bounds.bottom > top && bounds.left < right && bounds.top < bottom;
    if (seen) drawing.jobs.push({ item, part: { left, top, right, bottom } });
  }
}
