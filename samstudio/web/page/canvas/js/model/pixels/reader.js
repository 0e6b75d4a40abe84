// Asks pixel_worker.js about the pixels of the open image, as the browser shows them: without brightness, contrast
// and gamma of the display. The worker starts when something is asked for the first time.

/** @import { Crop, EdgeQuestion, Picture, Point } from "../../types.d.ts" */

export class PixelReader {
  constructor() {
    /** @type {Worker | null} */
    this.worker = null;
    this.asked = 0;
    /** @type {Map<number, { resolve: (result: any) => void, reject: (error: Error) => void }>} */
    this.waiting = new Map();
    /** @type {{ picture: Picture, ready: Promise<unknown> } | null} */
    this.held = null; // the picture whose pixels the worker has
  }

  /**
   * Give the worker a picture's pixels, once; the first click then finds them there.
   * @param {Picture} picture
   */
  hold(picture) {
    if (this.held?.picture !== picture) {
      const ready = createImageBitmap(picture.levels[0].bitmap).then((bitmap) => this.ask("hold", { bitmap }, [bitmap]));
      const held = { picture, ready };
      this.held = held;
      ready.catch(() => {
        if (this.held === held) this.held = null; // the next click tries again
      });
    }
    return this.held.ready;
  }

  /**
   * @param {Picture} picture
   * @param {number} x
   * @param {number} y
   * @param {number} tolerance
   * @returns {Promise<Crop>}
   */
  async flood(picture, x, y, tolerance) {
    await this.hold(picture);
    return this.ask("flood", { x, y, tolerance });
  }

  /**
   * The points after `from` that lead along edges to `to`; see `EdgeFinder`.
   * @param {Picture} picture
   * @param {EdgeQuestion} question
   * @returns {Promise<Point[]>}
   */
  async path(picture, question) {
    await this.hold(picture);
    return this.ask("path", question);
  }

  /**
   * @param {string} job
   * @param {object} request
   * @param {Transferable[]} [transfer]
   * @returns {Promise<any>}
   */
  ask(job, request, transfer = []) {
    const worker = (this.worker ??= this.start());
    const id = (this.asked += 1);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      worker.postMessage({ id, job, request }, transfer);
    });
  }

  start() {
    const worker = new Worker(new URL("./pixel_worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data: { id, result, error } }) => {
      const asker = this.waiting.get(id);
      this.waiting.delete(id);
      if (error === undefined) asker?.resolve(result);
      else asker?.reject(new Error(error));
    };
    worker.onerror = (event) => {
      for (const { reject } of this.waiting.values()) reject(new Error(event.message || "the worker for pixels did not start"));
      this.waiting.clear();
      this.worker = null; // the next question tries again
      this.held = null;
    };
    return worker;
  }
}
