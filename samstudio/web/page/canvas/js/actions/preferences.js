// How this person likes the canvas: stored in the browser, for all images.

import { MOST_DETAIL } from "../model/outlines.js";
import { readPreferences, writePreferences } from "../sync/preference_storage.js";

/** @import { Display } from "../types.d.ts" */
/** @import { Core } from "./core.js" */

export const DISPLAY = Object.freeze({ opacity: 0.38, contours: false, brightness: 1, contrast: 1, gamma: 1, previews: true });
export const MIN_BRUSH = 1;
export const MAX_BRUSH = 400;
export const MAX_TOLERANCE = 128;

export class Preferences {
  /** @param {Core} core */
  constructor(core) {
    this.store = core.store;
    const stored = readPreferences();
    this.store.set({ display: Object.freeze({ ...DISPLAY, ...stored.display }), toured: Boolean(stored.toured) });
    this.store.set({ brush: stored.brush ?? 20, detail: stored.detail ?? 14, tolerance: stored.tolerance ?? 24, snap: stored.snap ?? false, keepZoom: Boolean(stored.keepZoom) });
    this.store.on(["display", "brush", "detail", "tolerance", "snap", "toured", "keepZoom", "image"], () => this.write());
    this.last = stored.image ?? null; // the image that was open when the page was left
  }

  /** @param {Partial<Display>} changes */
  show(changes) {
    this.store.set({ display: Object.freeze({ ...this.store.get("display"), ...changes }) });
  }

  reset() {
    this.show(DISPLAY);
  }

  /**
   * Make the brush larger (1) or smaller (-1): one pixel while small, a tenth when large.
   * @param {number} direction
   */
  resize(direction) {
    const now = this.store.get("brush");
    this.brush(now + direction * Math.max(1, Math.round(now / 10)));
  }

  /**
   * The brush's diameter in image pixels.
   * @param {number} diameter
   */
  brush(diameter) {
    this.store.set({ brush: Math.max(MIN_BRUSH, Math.min(MAX_BRUSH, diameter)) });
  }

  /**
   * How many points an outline has, from few to many.
   * @param {number} detail
   */
  detail(detail) {
    this.store.set({ detail: Math.max(0, Math.min(MOST_DETAIL, detail)) });
  }

  /**
   * By how much a channel of a colour may differ for the magic wand, of 255.
   * @param {number} tolerance
   */
  tolerance(tolerance) {
    this.store.set({ tolerance: Math.max(0, Math.min(MAX_TOLERANCE, Math.round(tolerance))) });
  }

  /** @param {boolean} snap */
  snap(snap) {
    this.store.set({ snap });
  }

  write() {
    const { display, brush, detail, tolerance, snap, toured, keepZoom, image } = this.store.values;
    writePreferences({ display, brush, detail, tolerance, snap, toured, keepZoom, image: image?.id ?? this.last });
  }
}
