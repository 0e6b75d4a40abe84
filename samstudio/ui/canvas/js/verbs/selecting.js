// Which accepted objects are selected.

import { covers } from "../model/masks.js";

export class Selecting {
  constructor(core) {
    this.store = core.store;
  }

  pick([x, y], { more = false } = {}) {
    const { objects, selection, flags } = this.store.values;
    const hits = objects.filter((o) => !flags[o.id]?.hidden && !flags[o.id]?.locked && o.mask && covers(o.mask, x, y));
    if (more) {
      const hit = hits.at(-1);
      return hit ? this.select(hit.id, { more }) : undefined;
    }
    // A second click on the same spot reaches the object below.
    const under = hits.findIndex((o) => selection.length === 1 && o.id === selection[0]);
    const chosen = hits[(under <= 0 ? hits.length : under) - 1];
    return this.store.set({ selection: chosen ? [chosen.id] : [] });
  }

  select(id, { more = false } = {}) {
    const { selection } = this.store.values;
    const others = selection.filter((one) => one !== id);
    const alone = selection.length === 1 && selection[0] === id;
    if (more) this.store.set({ selection: others.length < selection.length ? others : [...selection, id] });
    else this.store.set({ selection: alone ? [] : [id] });
  }

  /** Select the next (1) or previous (-1) object of the list. */
  selectNext(direction) {
    const { objects, selection } = this.store.values;
    if (!objects.length) return;
    const index = objects.findIndex((one) => one.id === selection.at(-1));
    const start = index < 0 ? (direction > 0 ? -1 : 0) : index;
    this.store.set({ selection: [objects[(start + direction + objects.length) % objects.length].id] });
  }
}
