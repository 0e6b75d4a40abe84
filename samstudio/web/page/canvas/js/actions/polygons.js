// The polygon in the making: its corners, the way along the picture's edges from one to the next where a person wants that,
// and closing it. What becomes of the mask is Correcting's.

import { polygonMask } from "../model/masks/shapes.js";
import { cornersOf, withCorner, withoutCorner } from "../model/polygons.js";

/** @import { Aim, Point } from "../types.d.ts" */
/** @import { PixelReader } from "../model/pixels/reader.js" */
/** @import { Core } from "./core.js" */
/** @import { Correcting } from "./correcting.js" */

export class Polygons {
  /** @type {Promise<unknown> | null} */
  queue = null; // what was asked and is not done yet
  /** @type {Aim | null} */
  #wanted = null; // the newest place that the mouse rests at
  #busy = false;

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
  }

  /** Have the open picture's pixels ready. */
  prepare() {
    const { picture } = this.store.values;
    if (picture) this.reader.hold(picture).catch(() => {}); // without them, edges are straight
  }

  /**
   * Run `work` after all that was asked before it, or at once: finding the way along an edge takes a moment, and a click may
   * follow sooner.
   * @param {() => unknown} work
   */
  inTurn(work) {
    const { image } = this.store.values;
    const still = () => (image && this.core.isOpen(image) ? work() : null);
    const result = this.queue ? this.queue.then(still) : still();
    if (!(result instanceof Promise)) return result;
    const done = result
      .catch((error) => this.core.say(error))
      .finally(() => {
        if (this.queue === done) this.queue = null;
      });
    this.queue = done;
    return done;
  }

  /**
   * Show what a click at a place would add, or nothing; one way is looked for at a time, and the newest place wins.
   * @param {Aim | null} aim
   */
  aim(aim) {
    this.#wanted = aim?.straight ? null : aim;
    if (!this.#wanted) this.store.set({ wire: null });
    else if (!this.#busy) this.#follow();
  }

  async #follow() {
    this.#busy = true;
    while (this.#wanted) {
      const asked = this.#wanted;
      const { polygon, image } = this.store.values;
      const wire = await this.#path(asked);
      const stale = this.store.get("polygon") !== polygon || this.store.get("image") !== image;
      if (this.#wanted && !stale) this.store.set({ wire });
      if (this.#wanted === asked && !stale) break;
    }
    this.#busy = false;
  }

  /**
   * One more corner; the first one begins a polygon.
   * @param {Aim} aim
   * @param {boolean} cut
   */
  corner(aim, cut) {
    if (aim.straight) return this.#add([aim.place], cut);
    const { polygon } = this.store.values;
    return this.#path(aim).then((path) => {
      if (this.store.get("polygon") === polygon) this.#add(path, cut);
    });
  }

  /**
   * @param {readonly Point[]} path
   * @param {boolean} cut
   */
  #add(path, cut) {
    const polygon = this.store.get("polygon") ?? { points: [], cut };
    this.store.set({ notice: null, preview: null, wire: null });
    this.core.step({ polygon: withCorner(polygon, path) });
  }

  /** Take back the last corner. */
  takeBack() {
    const { polygon } = this.store.values;
    if (!polygon) return;
    this.store.set({ wire: null });
    this.core.step({ polygon: withoutCorner(polygon) });
  }

  drop() {
    if (!this.store.get("polygon")) return;
    this.store.set({ wire: null });
    this.core.step({ polygon: null });
  }

  /**
   * Close it: what it encloses is added, or cut. Its last side is as straight as the others.
   * @param {boolean} straight
   */
  async close(straight = !this.store.get("snap")) {
    const { polygon, image } = this.store.values;
    if (!polygon || !image) return null;
    if (cornersOf(polygon).length < 3) return this.core.hint("A polygon needs three corners; click to set more.");
    const last = straight ? [] : await this.#path({ place: polygon.points[0], straight, reach: 0, coarseness: 1 });
    if (this.store.get("polygon") !== polygon) return null;
    this.store.set({ wire: null });
    return this.correcting.draw(polygonMask([...polygon.points, ...last], image), polygon.cut, { polygon: null });
  }

  /**
   * The points after the last corner that lead to a place. A click is never lost: where edges cannot be followed, it is straight.
   * @param {Aim} aim
   * @returns {Promise<readonly Point[]>}
   */
  async #path({ place, reach, coarseness }) {
    const { picture, polygon } = this.store.values;
    const from = polygon?.points.at(-1) ?? null;
    if (!picture) return [place];
    return this.reader.path(picture, { from, to: place, reach, coarseness }).catch(() => [place]);
  }
}
