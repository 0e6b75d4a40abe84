// The magic wand: a region of nearly one colour, previewed while its tolerance is dragged, then added or cut.

import { maskOf } from "../model/masks/mask.js";

/** @import { Mask, Picture, Point } from "../types.d.ts" */
/** @import { PixelReader } from "../model/pixels/reader.js" */
/** @import { Core } from "./core.js" */
/** @import { Correcting } from "./correcting.js" */

const LOADING = "The picture is still loading.";

/** @typedef {{ pixel: Point, tolerance: number }} Wanted */

export class Wand {
  /**
   * @param {Core} core
   * @param {Correcting} correcting
   * @param {PixelReader} reader
   */
  constructor(core, correcting, reader) {
    this.core = core;
    this.store = core.store;
    this.correcting = correcting;
    this.reader = reader;
    /** @type {Wanted | null} */
    this.wanted = null; // the newest region to preview
    this.busy = false;
  }

  /** Have the open picture's pixels ready. */
  prepare() {
    const { picture } = this.store.values;
    if (picture) this.reader.hold(picture).catch(() => {}); // the click that follows says it
  }

  /**
   * Show the region that a click there would take; one is looked for at a time, and the newest wins.
   * @param {Point} pixel
   * @param {number} tolerance
   */
  preview(pixel, tolerance) {
    this.wanted = { pixel, tolerance };
    if (!this.busy) this.follow();
  }

  async follow() {
    this.busy = true;
    while (this.wanted) {
      const asked = this.wanted;
      const preview = await this.region(asked).catch(() => null);
      if (preview) await this.core.prepare(preview);
      if (this.wanted) this.store.set({ preview });
      if (this.wanted === asked) break;
    }
    this.busy = false;
  }

  /** Nothing is previewed any longer. */
  drop() {
    this.wanted = null;
    this.store.set({ preview: null });
  }

  /**
   * Add the region round a pixel to the mask in hand, or cut it out.
   * @param {Point} pixel
   * @param {boolean} cut
   */
  take(pixel, cut) {
    const { picture, image, tolerance } = this.store.values;
    this.drop();
    if (!picture || !image) return this.core.hint(LOADING);
    return this.core.inTurn(async () => {
      const region = await this.region({ pixel, tolerance }, picture);
      if (this.core.isOpen(image)) await this.correcting.draw(region, cut, {}, true);
    });
  }

  /**
   * @param {Wanted} wanted
   * @param {Picture | null} [picture]
   * @returns {Promise<Mask | null>}
   */
  async region({ pixel: [x, y], tolerance }, picture = this.store.get("picture")) {
    return picture ? maskOf(await this.reader.flood(picture, x, y, tolerance)) : null;
  }
}
