// Masks corrected by hand: strokes, shapes and cleaning, on the draft or on an accepted object.

import { draftOf, emptyDraft, isStarted, redrawn } from "../model/drafts.js";
import { keyed } from "../model/ids.js";
import { minus, same, union } from "../model/masks/mask.js";
import { strokeMask } from "../model/masks/shapes.js";
import * as cleaning from "../model/masks/cleaning.js";

/** @import { Cleaning, Draft, Mask, Point, Size, State } from "../types.d.ts" */
/** @import { Core } from "./core.js" */

const STEP = 2; // pixels that grow and shrink move the edge, per 1000 pixels of the image's longer side
const NOTHING_THERE = "There is no mask to correct: draw a box or select one object first.";

/** @type {Record<Cleaning, (mask: Mask, image: Size) => Mask | null>} */
const WORK = {
  fill: (mask) => cleaning.fillHoles(mask),
  specks: (mask) => cleaning.removeSpecks(mask, Math.max(16, Math.round(mask.area * 0.02))),
  grow: (mask, image) => cleaning.grow(mask, step(image), image),
  shrink: (mask, image) => cleaning.shrink(mask, step(image), image),
  smooth: (mask, image) => cleaning.smooth(mask, 2 * step(image), image),
};

/** @type {Partial<Record<Cleaning, string>>} */
const NO_CHANGE = {
  fill: "This mask has no holes.",
  specks: "This mask has no specks.",
  grow: "There is no room to grow.",
  smooth: "This mask is smooth already.",
};

export class Correcting {
  /** @param {Core} core */
  constructor(core) {
    this.core = core;
    this.store = core.store;
  }

  /**
   * @param {readonly Point[]} points
   * @param {number} diameter
   * @param {boolean} erase
   */
  stroke(points, diameter, erase) {
    const image = this.store.get("image");
    return image && this.draw(strokeMask(points, diameter, image), erase);
  }

  get locked() {
    return `This object is locked. Unlock it first (${this.core.bindings.shown("lock")}).`;
  }

  /**
   * @param {Mask | null} shape
   * @param {boolean} cut
   * @param {Partial<State>} [also]
   * @param {boolean} [ahead] show it when what drawing it needs is made, so that no frame is long
   * @returns {Promise<unknown>}
   */
  async draw(shape, cut, also = {}, ahead = false) {
    const { image } = this.store.values;
    await this.core.answering;
    if (!image || !this.core.isOpen(image)) return null;
    const target = this.target();
    if (!target) return this.core.hint(this.locked);
    if (!target.mask && cut) {
      if (Object.keys(also).length) this.core.step(also);
      return this.core.hint(NOTHING_THERE);
    }
    const mask = cut ? minus(target.mask, shape) : union(target.mask, shape);
    if (!ahead || !mask) return this.redraw(target, mask, also);
    await this.core.prepare(mask);
    const now = this.target();
    const fits = now && now.mask === target.mask && this.core.isOpen(image);
    return fits ? this.redraw(now, mask, also) : this.draw(shape, cut, also, ahead);
  }

  /**
   * `what`: fill, specks, grow, shrink or smooth.
   * @param {Cleaning} what
   */
  async clean(what) {
    const { image } = this.store.values;
    await this.core.answering;
    if (!image || !this.core.isOpen(image)) return null;
    const target = this.target();
    if (!target) return this.core.hint(this.locked);
    if (!target.mask) return this.core.hint(NOTHING_THERE);
    const cleaned = WORK[what](target.mask, image);
    if (cleaned && same(cleaned, target.mask)) return this.core.hint(NO_CHANGE[what] ?? "Nothing changed.");
    return this.redraw(target, cleaned);
  }

  /**
   * @param {Draft} target
   * @param {Mask | null} mask
   * @param {Partial<State>} [also]
   */
  redraw(target, mask, also = {}) {
    if (!mask) {
      if (Object.keys(also).length) this.core.step(also);
      return this.core.hint(`Nothing of the mask would be left. To take it away, delete the object or press ${this.core.bindings.shown("discard")}.`);
    }
    this.store.set({ notice: null, selection: target.of ? [target.of.id] : [] });
    const changes = same(mask, target.mask) ? also : { ...also, draft: redrawn(target, mask) };
    return Object.keys(changes).length ? this.core.step(changes) : null;
  }

  // The draft; else the one selected object, or null where that is locked; else a new object drawn by hand.
  target() {
    const { draft, selection, objects, flags } = this.store.values;
    if (isStarted(draft)) return draft;
    const object = selection.length === 1 ? objects.find((one) => one.id === selection[0]) : null;
    if (!object) return keyed(emptyDraft());
    return flags[object.id]?.locked ? null : draftOf(object);
  }

  /**
   * The object under correction gets another category when it is saved.
   * @param {string} name
   */
  recategorize(name) {
    const draft = this.store.get("draft");
    if (draft.of && draft.category !== name) this.core.step({ draft: Object.freeze({ ...draft, category: name }) });
  }

  /**
   * Take an accepted object up again, to correct it with any tool.
   * @param {number} id
   */
  edit(id) {
    const { objects, flags, draft } = this.store.values;
    const object = objects.find((one) => one.id === id);
    if (!object?.mask) return;
    if (flags[id]?.locked) this.core.hint(this.locked);
    else if (object.unsent) this.core.hint("This object is not saved yet; it can be corrected when it is.");
    else if (isStarted(draft) && draft.of?.id !== id) this.core.hint("Accept or clear the object you are drawing first.");
    else if (draft.of?.id !== id) this.core.step({ draft: draftOf(object), selection: [id] });
  }
}

/**
 * Pixels by which an edge moves: one on small pictures, more on large ones.
 * @param {Size} image
 */
function step(image) {
  return Math.max(1, Math.round((STEP * Math.max(image.width, image.height)) / 2000));
}

