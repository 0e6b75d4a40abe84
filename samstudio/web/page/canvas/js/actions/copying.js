// Objects copied on one image and pasted on another, or on the same one: their masks and categories. What was copied lasts as
// long as the page. Pasted objects are new ones; the step can be undone.

import { placedOn, beside } from "../model/masks/placing.js";

/** @import { Mask, Size } from "../types.d.ts" */
/** @import { Core } from "./core.js" */
/** @import { Objects } from "./objects.js" */

/** @typedef {{ category: string, mask: Mask }} Part A copied object. */
/** @typedef {{ mask: Mask | null, moved: boolean, cut: boolean }} Placed */

export class Copying {
  /**
   * @param {Core} core
   * @param {{ objects: Objects }} session
   */
  constructor(core, { objects }) {
    this.core = core;
    this.store = core.store;
    this.objects = objects;
    /** @type {{ parts: Part[], size: Size } | null} */
    this.copied = null;
    /** @type {Map<string, number>} */
    this.pasted = new Map(); // image → how many times what was copied lies there already
  }

  /** Copy the selected objects, or else what is being drawn; how many, 0 where there is nothing. */
  copy() {
    const { image } = this.store.values;
    const parts = this.parts();
    if (!image || !parts.length) {
      this.core.hint(`Select objects to copy first: ${this.core.bindings.shown("selectAll")} selects all.`);
      return 0;
    }
    this.copied = { parts, size: { width: image.width, height: image.height } };
    this.pasted = new Map([[image.id, 1]]);
    const paste = this.core.bindings.shown("paste");
    this.core.hint(parts.length === 1 ? `1 object copied; ${paste} pastes it, on any image.` : `${parts.length} objects copied; ${paste} pastes them, on any image.`);
    return parts.length;
  }

  /** @returns {Part[]} */
  parts() {
    const { selection, objects, draft, waiting, category } = this.store.values;
    const chosen = objects.filter(({ id }) => selection.includes(id) && id !== draft.of?.id);
    const drawn = [...waiting, draft].filter(({ of }) => (of ? selection.includes(of.id) : !selection.length));
    const all = [...chosen, ...drawn.map((one) => ({ mask: one.mask, category: one.category ?? category }))];
    return all.flatMap(({ category: name, mask }) => (mask ? [{ category: name, mask }] : []));
  }

  async paste() {
    const { image } = this.store.values;
    const { copied } = this;
    if (!image) return;
    if (!copied) return this.core.hint(`Nothing was copied yet: select objects, then ${this.core.bindings.shown("copy")}.`);
    const times = this.pasted.get(image.id) ?? 0;
    this.pasted.set(image.id, times + 1);
    const placed = copied.parts.map(({ mask }) => placedOn(times ? (beside(mask, image, times) ?? mask) : mask, image));
    const made = copied.parts.flatMap(({ category }, i) => (placed[i].mask ? [{ category, mask: placed[i].mask }] : []));
    const ids = await this.objects.replace([], async () => made.map(({ category, mask }) => [{ category }, mask]));
    if (ids && this.core.isOpen(image)) this.core.hint(outcome(ids.length, placed, differ(copied.size, image)));
    else if (!ids) this.pasted.set(image.id, times);
    return undefined;
  }
}

/**
 * @param {Size} one
 * @param {Size} other
 */
function differ(one, other) {
  return one.width !== other.width || one.height !== other.height;
}

/**
 * What became of what was pasted.
 * @param {number} number
 * @param {readonly Placed[]} placed
 * @param {boolean} resized whether this image has another size than the one they were copied on
 */
function outcome(number, placed, resized) {
  const moved = placed.filter((one) => one.moved).length;
  const cut = placed.filter((one) => one.cut).length;
  return [
    number === 1 ? "1 object pasted." : `${number} objects pasted.`,
    resized ? "This image has another size; each mask keeps its own size and place in pixels." : "",
    moved ? `${moved} lay beyond its edge and came inside.` : "",
    cut ? `${cut} larger than the image: cut off at its edge.` : "",
  ].filter(Boolean).join(" ");
}
