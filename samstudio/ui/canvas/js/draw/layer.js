// A drawing of masks that is kept while the view moves: panning copies it, and
// a zoom stretches it until the wheel rests. It reaches past the stage by a
// margin; where the view leaves that, it is drawn anew, a slice a frame.
//
// What is on screen is true (what drawing everything afresh would give) once
// `draw` says 0.

import { boundsOf, costOf, paintMask } from "./mask_paint.js";

const MARGIN = 256; // CSS pixels
const AHEAD = 160; // of them must be left, or the next drawing is begun
const REST = 80; // ms without a zoom before the stretched drawing is replaced
const SLICE = 4000; // µs of costOf that may be spent in a frame

const probe = new OffscreenCanvas(1, 1).getContext("2d");

export class CachedLayer {
  constructor() {
    this.kept = null; // {canvas, context, left, top, right, bottom, frame, items, painted}
    this.next = null; // the same, while it is being painted
    this.seen = null;
    this.since = 0;
  }

  /** Draw `items` as `frame` shows them; → 0, or in how many ms to draw again. */
  draw(context, items, frame, now = performance.now()) {
    if (!this.seen || this.seen.sx !== frame.sx || this.seen.ox !== frame.ox || this.seen.oy !== frame.oy) this.since = now;
    this.seen = frame;
    if (!items.length) this.kept = this.next = null;
    if (!items.length) return 0;
    this.take(items, frame);
    if (!fits(this.kept, frame)) return this.replace(context, items, frame, now);
    this.blit(context, frame);
    return fits(this.kept, frame, AHEAD) && !this.next ? 0 : this.ahead(items, frame);
  }

  // Items that are new on top of the old are painted in; any other change, or little work, paints all now.
  take(items, frame) {
    const { kept } = this;
    if (this.next && !sameItems(this.next.items, items)) this.next = null;
    const grown = kept && sameItems(kept.items, items.slice(0, kept.items.length));
    if (grown && items.length === kept.items.length && fits(kept, frame)) return;
    if (grown && items.length > kept.items.length && fits({ ...kept, items }, frame)) {
      kept.items = items;
      paintSome(kept, Infinity);
      return;
    }
    const changed = !grown || items.length !== kept.items.length;
    if (!changed && (between(kept, frame) || workOf(items, frame) > SLICE)) return;
    this.next = null;
    this.kept = begin(items, frame);
    paintSome(this.kept, Infinity);
  }

  // Stale: show it moved or stretched, and work on the one that replaces it.
  replace(context, items, frame, now) {
    const { kept } = this;
    const out = sameScale(kept, frame) && !covers(kept, frame, AHEAD);
    const wait = out ? 0 : REST - (now - this.since);
    const more = wait > 0 ? wait : this.ahead(items, frame);
    this.blit(context, frame);
    return more;
  }

  ahead(items, frame) {
    if (!this.next || !sameScale(this.next, frame) || !covers(this.next, frame, 0)) this.next = begin(items, frame);
    if (!paintSome(this.next, SLICE)) return 1;
    this.kept = this.next;
    this.next = null;
    return 0;
  }

  blit(context, frame) {
    const { canvas, left, top, frame: from } = this.kept;
    const [kx, ky] = [frame.sx / from.sx, frame.sy / from.sy];
    const moved = kx === 1 && ky === 1;
    const [x, y] = [(left - from.ox) * kx + frame.ox, (top - from.oy) * ky + frame.oy];
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.imageSmoothingEnabled = !moved;
    if (moved) context.drawImage(canvas, Math.round(x), Math.round(y));
    else context.drawImage(canvas, x, y, canvas.width * kx, canvas.height * ky);
  }
}

// What of the stage, `spare` CSS pixels round it, the items can touch; null for nothing.
function visible(items, frame, spare) {
  const bounds = boundsOf(items, frame);
  const margin = Math.round(spare * frame.pixel);
  const [left, top] = [Math.max(bounds.left, -margin), Math.max(bounds.top, -margin)];
  const right = Math.min(bounds.right, frame.width + margin);
  const bottom = Math.min(bounds.bottom, frame.height + margin);
  return right > left && bottom > top ? { left, top, right, bottom } : null;
}

/** Whether copying this drawing gives what `frame` shows, and `spare` CSS pixels round the stage. */
function fits(drawing, frame, spare = 0) {
  return Boolean(drawing) && sameScale(drawing, frame) && wholeSteps(drawing, frame) && covers(drawing, frame, spare);
}

// Moved by a fraction of a device pixel, and no more: it is drawn half a pixel off until the mouse rests.
function between(drawing, frame) {
  return sameScale(drawing, frame) && !wholeSteps(drawing, frame) && covers(drawing, frame, 0);
}

function sameScale({ frame: from }, frame) {
  return from.sx === frame.sx && from.sy === frame.sy && from.pixel === frame.pixel;
}

function wholeSteps({ frame: from }, frame) {
  const whole = (d) => Math.abs(d - Math.round(d)) < 1e-3;
  return whole(frame.ox - from.ox) && whole(frame.oy - from.oy);
}

function covers(drawing, frame, spare) {
  const needed = visible(drawing.items, frame, spare);
  if (!needed) return true;
  const [dx, dy] = [frame.ox - drawing.frame.ox, frame.oy - drawing.frame.oy];
  const [left, top, right, bottom] = [drawing.left + dx, drawing.top + dy, drawing.right + dx, drawing.bottom + dy];
  return left <= needed.left + 1 && top <= needed.top + 1 && right >= needed.right - 1 && bottom >= needed.bottom - 1;
}

function begin(items, frame) {
  const area = visible(items, frame, MARGIN) ?? { left: 0, top: 0, right: 1, bottom: 1 };
  const canvas = new OffscreenCanvas(area.right - area.left, area.bottom - area.top);
  return { ...area, canvas, context: canvas.getContext("2d"), frame, items, painted: 0 };
}

// Paint items until `budget` is spent; → whether all are painted.
function paintSome(drawing, budget) {
  const { frame, items, context, canvas } = drawing;
  const inside = { ...frame, ox: frame.ox - drawing.left, oy: frame.oy - drawing.top };
  let left = budget;
  for (; drawing.painted < items.length && left > 0; drawing.painted += 1) {
    const item = items[drawing.painted];
    const bounds = boundsOf([item], inside);
    if (bounds.right <= 0 || bounds.bottom <= 0 || bounds.left >= canvas.width || bounds.top >= canvas.height) continue;
    left -= costOf(item, frame);
    paintMask(context, inside, item);
  }
  // The browser puts painting off until the canvas is looked at: it must not pile up for the last slice.
  if (budget < Infinity) probe.drawImage(canvas, 0, 0, 1, 1, 0, 0, 1, 1);
  return drawing.painted === items.length;
}

function workOf(items, frame) {
  return items.reduce((sum, item) => sum + costOf(item, frame), 0);
}

function sameItems(a, b) {
  return a.length === b.length && a.every((item, i) => sameItem(item, b[i]));
}

function sameItem(a, b) {
  return a.mask === b.mask && a.color === b.color && a.fill === b.fill && a.halo === b.halo && a.dash === b.dash && a.faint === b.faint;
}
