// The mask that a click would give, shown under the resting mouse before any click.
// One request in flight; the newest position wins.

import { isStarted } from "../model/drafts.js";
import { decodeMask } from "../model/masks/mask.js";

/** @import { ImageEntry, Mask, Point, Prompt } from "../types.d.ts" */
/** @import { Core } from "./core.js" */

export class Previewing {
  /** @param {Core} core */
  constructor(core) {
    this.core = core;
    this.store = core.store;
    this.transport = core.transport;
    /** @type {Point | null} */
    this.wanted = null;
    /** @type {Point | null} */
    this.shown = null; // the pixel whose preview is there
    this.busy = false;
    this.store.on(["tool"], () => this.clear()); // the new tool asks for its own
    this.store.on(["draft", "image", "boxes", "display"], () => this.fits() || this.clear());
  }

  /**
   * The mouse is over a pixel, or over none (null).
   * @param {Point | null} pixel
   */
  hover(pixel) {
    this.wanted = pixel && this.fits() ? pixel : null;
    if (!this.wanted) this.clear();
    else if (!this.busy && !at(this.shown, this.wanted)) this.follow();
  }

  clear() {
    this.wanted = null;
    this.shown = null;
    if (this.store.get("preview")) this.store.set({ preview: null });
  }

  fits() {
    const { image, draft, ready, boxes, thinking, display, connected, drag } = this.store.values;
    return display.previews && connected && image && ready && !thinking && !drag && !boxes.length && !isStarted(draft);
  }

  async follow() {
    this.busy = true;
    while (this.wanted) {
      const asked = this.wanted;
      const image = this.store.get("image");
      if (!image) break;
      const preview = await this.look(image, ...asked);
      if (this.wanted && this.core.isOpen(image) && this.fits()) {
        this.shown = asked;
        this.store.set({ preview });
      }
      if (at(this.wanted, asked)) break;
    }
    this.busy = false;
  }

  /**
   * A preview that fails is no news: the click that follows will say it.
   * @param {ImageEntry} image
   * @param {number} x
   * @param {number} y
   * @returns {Promise<Mask | null>}
   */
  async look(image, x, y) {
    /** @type {Prompt} */
    const prompt = { box: null, point_coords: [[x, y]], point_labels: [1] };
    try {
      const reply = await this.transport.call("predict", { image_id: image.id, prompt, preview: true });
      return await decodeMask(reply.mask);
    } catch {
      this.wanted = null;
      return null;
    }
  }
}

/**
 * @param {Point | null} pixel
 * @param {Point | null} other
 */
function at(pixel, other) {
  return pixel !== null && other !== null && pixel[0] === other[0] && pixel[1] === other[1];
}
