// Which accepted objects are selected.

import { covers } from "../model/masks/mask.js";

/** @import { Point } from "../types.d.ts" */
/** @import { Core } from "./core.js" */

const LOCKED = "This object is locked. Unlock it in the list first.";

export class Selecting {
  /** @param {Core} core */
  constructor(core) {
    this.core = core;
    this.store = core.store;
  }

  /**
   * Select what lies at a pixel; → its id, or null.
   * @param {Point} pixel
   * @param {{ more?: boolean }} [how]
   */
  pick([x, y], { more = false } = {}) {
    const { objects, selection, flags } = this.store.values;
    const there = objects.filter((o) => !flags[o.id]?.hidden && covers(o.mask, x, y));
    const hits = there.filter((o) => !flags[o.id]?.locked);
    this.store.set({ notice: null });
    if (there.length && !hits.length) this.core.hint(LOCKED);
    const top = hits.at(-1);
    if (more) {
      if (top) this.select(top.id, { more });
      return top?.id ?? null;
    }
    // A second click on the same spot reaches the object below.
    const under = hits.findIndex((o) => selection.length === 1 && o.id === selection[0]);
    const chosen = hits[(under <= 0 ? hits.length : under) - 1];
    this.store.set({ selection: chosen ? [chosen.id] : [] });
    return chosen?.id ?? null;
  }

  /**
   * @param {number} id
   * @param {{ more?: boolean }} [how]
   */
  select(id, { more = false } = {}) {
    const { selection } = this.store.values;
    const others = selection.filter((one) => one !== id);
    const alone = selection.length === 1 && selection[0] === id;
    if (more) this.store.set({ selection: others.length < selection.length ? others : [...selection, id] });
    else this.store.set({ selection: alone ? [] : [id] });
  }

  /** Select every object that can be picked: not the hidden ones, nor the locked. */
  selectAll() {
    const { objects, flags } = this.store.values;
    const free = objects.filter(({ id }) => !flags[id]?.hidden && !flags[id]?.locked);
    const others = objects.length - free.length;
    this.store.set({ selection: free.map(({ id }) => id) });
    const count = free.length === 1 ? "1 object selected" : `${free.length} objects selected`;
    if (!objects.length) this.core.hint("There is no object on this image to select.");
    else this.core.hint(others ? `${count}; ${others} hidden or locked left out.` : `${count}.`);
  }

  /**
   * Select the next (1) or previous (-1) object of the list.
   * @param {number} direction
   */
  selectNext(direction) {
    const { objects, selection } = this.store.values;
    if (!objects.length) return;
    const index = objects.findIndex((one) => one.id === selection.at(-1));
    const start = index < 0 ? (direction > 0 ? -1 : 0) : index;
    this.store.set({ selection: [objects[(start + direction + objects.length) % objects.length].id] });
  }
}
