// A drawing of masks that is kept while the view moves: panning copies it, and
// a zoom stretches it until the wheel rests. It reaches past the stage by a
// margin; before the view leaves that, the next one is painted, a slice a frame.
//
// What is on screen is true (what drawing everything afresh would give) once
// `draw` says 0.

import { begin, blit, covers, extend, fits, paintSome, sameScale, wholeSteps } from "./drawing.js";
import { costOf } from "./mask_paint.js";

/** @import { CanvasFrame, Context2D, Drawing, MaskItem } from "../types.d.ts" */

const MARGIN = 320; // CSS pixels
const AHEAD = 160; // of them must be left, or the next drawing is begun
const REST = 80; // ms without a zoom before the stretched drawing is replaced
const SLICE = 4000; // µs of costOf that may be spent in a frame

export class CachedLayer {
  constructor() {
    /** @type {Drawing | null} */
    this.kept = null;
    /** @type {Drawing | null} */
    this.next = null; // the drawing that replaces it, while it is being painted
    /** @type {CanvasFrame | null} */
    this.seen = null;
    this.since = 0;
  }

  /**
   * Draw `items` as `frame` shows them; → 0, or in how many ms to draw again.
   * @param {Context2D} context
   * @param {readonly MaskItem[]} items
   * @param {CanvasFrame} frame
   * @param {number} [now]
   */
  draw(context, items, frame, now = performance.now()) {
    if (!this.seen || this.seen.sx !== frame.sx || this.seen.ox !== frame.ox || this.seen.oy !== frame.oy) this.since = now;
    this.seen = frame;
    if (!items.length) this.kept = this.next = null;
    if (!items.length) return 0;
    const kept = this.take(items, frame);
    const wait = fits(kept, frame) ? this.keepAhead(kept, items, frame) : this.replace(kept, items, frame, now);
    blit(context, this.kept ?? kept, frame);
    return wait;
  }

  /**
   * Items that are new on top of the old are painted in; any other change, or little work, paints all now.
   * @param {readonly MaskItem[]} items
   * @param {CanvasFrame} frame
   * @returns {Drawing}
   */
  take(items, frame) {
    const { kept } = this;
    if (this.next && !sameItems(this.next.items, items)) this.next = null;
    if (kept && sameItems(kept.items, items.slice(0, kept.items.length))) {
      const same = items.length === kept.items.length;
      if (same && (fits(kept, frame) || between(kept, frame) || workOf(items, frame) > SLICE)) return kept;
      if (!same && fits(kept, frame) && covers(kept, frame, 0, items)) {
        extend(kept, items);
        return kept;
      }
    }
    this.next = null;
    this.kept = begin(items, frame, MARGIN);
    paintSome(this.kept, Infinity);
    return this.kept;
  }

  /**
   * @param {Drawing} kept
   * @param {readonly MaskItem[]} items
   * @param {CanvasFrame} frame
   */
  keepAhead(kept, items, frame) {
    return this.next || !fits(kept, frame, AHEAD) ? this.work(items, frame) : 0;
  }

  /**
   * What is kept is stale. Out of its margin or nearly, it is replaced at once; after a zoom, when the wheel rests.
   * @param {Drawing} kept
   * @param {readonly MaskItem[]} items
   * @param {CanvasFrame} frame
   * @param {number} now
   */
  replace(kept, items, frame, now) {
    const leaving = sameScale(kept, frame) && !covers(kept, frame, AHEAD);
    const wait = leaving ? 0 : REST - (now - this.since);
    return wait > 0 ? wait : this.work(items, frame);
  }

  /**
   * A slice of the drawing that comes next; → 0 when it is there and true.
   * @param {readonly MaskItem[]} items
   * @param {CanvasFrame} frame
   */
  work(items, frame) {
    const usable = this.next && sameScale(this.next, frame) && covers(this.next, frame, 0);
    const next = usable && this.next ? this.next : begin(items, frame, MARGIN, this.kept);
    this.next = next;
    if (!paintSome(next, SLICE)) return 1;
    this.kept = next;
    this.next = null;
    return fits(this.kept, frame) ? 0 : REST;
  }
}

// Moved by a fraction of a device pixel, and no more: it is drawn half a pixel off until the mouse rests.
/**
 * @param {Drawing} drawing
 * @param {CanvasFrame} frame
 */
function between(drawing, frame) {
  return sameScale(drawing, frame) && !wholeSteps(drawing, frame) && covers(drawing, frame, 0);
}

/**
 * @param {readonly MaskItem[]} items
 * @param {CanvasFrame} frame
 */
function workOf(items, frame) {
  return items.reduce((sum, item) => sum + costOf(item, frame), 0);
}

/**
 * @param {readonly MaskItem[]} a
 * @param {readonly MaskItem[]} b
 */
function sameItems(a, b) {
  return a.length === b.length && a.every((item, i) => sameItem(item, b[i]));
}

/**
 * @param {MaskItem} a
 * @param {MaskItem} b
 */
function sameItem(a, b) {
  return a.mask === b.mask && a.color === b.color && a.fill === b.fill && a.halo === b.halo && a.dash === b.dash && a.faint === b.faint;
}
