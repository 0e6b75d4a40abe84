// What a person does with whole objects: delete, duplicate, merge, split, sort, name, hide, lock.

import { newId } from "../model/ids.js";
import { encodeMask, maskOf, union } from "../model/masks.js";
import { components } from "../model/cleaning.js";
import { rankOf } from "./ledger.js";

export class Objects {
  constructor(core, ledger) {
    this.core = core;
    this.store = core.store;
    this.ledger = ledger;
  }

  remove(ids) {
    return this.replace(this.free(ids), async () => []);
  }

  duplicate(ids) {
    return this.replace([], async () => this.free(ids, { locked: true }).map((one) => [one, shifted(one.mask, this.store.get("image"))]));
  }

  /** Two or more objects become one. */
  merge(ids) {
    const parts = this.free(ids);
    if (parts.length < 2) return this.core.hint("Select two objects or more to merge them (Shift+click).");
    return this.replace(parts, async () => [[parts[0], parts.map((one) => one.mask).reduce(union)]]);
  }

  /** Each connected part of an object becomes one of its own. */
  split(ids) {
    const whole = this.free(ids).filter((one) => components(one.mask).length > 1);
    if (!whole.length) return this.core.hint("This object is in one piece already.");
    return this.replace(whole, async () => whole.flatMap((one) => components(one.mask).map((mask) => [one, mask])));
  }

  // Objects go and others come in their place, in one step.
  replace(gone, made) {
    if (!gone.length && !made) return Promise.resolve();
    const { id: imageId } = this.store.get("image");
    return this.core.inTurn(async () => {
      const come = await made();
      if (!gone.length && !come.length) return;
      const add = await Promise.all(come.map(([one, mask]) => copyOf(one, mask)));
      const masks = new Map(add.map((one, i) => [one.client_id, come[i][1]]));
      const reply = await this.ledger.change(imageId, { add, remove: gone }, masks);
      if (!reply) return;
      const added = reply.added.map((one) => one.id);
      this.store.set({ selection: added });
      this.core.history.push({
        undo: () => this.ledger.change(imageId, { remove: this.ledger.latest(added), restore: gone }),
        redo: () => this.ledger.change(imageId, { remove: gone, restore: this.ledger.latest(added) }),
      });
    });
  }

  // The objects that may be changed; a locked one says so.
  free(ids, { locked = false } = {}) {
    const { flags, objects } = this.store.values;
    const chosen = objects.filter((one) => ids.includes(one.id));
    const free = chosen.filter((one) => locked || !flags[one.id]?.locked);
    if (free.length < chosen.length) this.core.hint("A locked object stays as it is. Unlock it first (L).");
    return free;
  }

  recategorize(ids, category) {
    return this.core.inTurn(async () => {
      for (const object of this.free(ids).filter((one) => one.category !== category)) {
        const change = (name) => this.ledger.update(object.id, { category: name });
        if (await change(category)) this.core.history.push({ undo: () => change(object.category), redo: () => change(category) });
      }
    });
  }

  /** Move an object up (1) or down (-1) among those that overlap. */
  reorder(id, direction) {
    return this.core.inTurn(async () => {
      const objects = this.store.get("objects");
      const index = objects.findIndex((one) => one.id === id);
      const beyond = objects[index + direction];
      if (index < 0 || !beyond || !this.free([id]).length) return;
      const further = objects[index + 2 * direction];
      const rank = further ? (rankOf(beyond) + rankOf(further)) / 2 : rankOf(beyond) + direction;
      const before = rankOf(objects[index]);
      const change = (value) => this.ledger.update(id, { rank: value });
      if (await change(rank)) this.core.history.push({ undo: () => change(before), redo: () => change(rank) });
    });
  }

  /** Turn `hidden` or `locked` of objects over. */
  toggle(ids, flag) {
    const flags = { ...this.store.get("flags") };
    const all = ids.length > 0 && ids.every((id) => flags[id]?.[flag]);
    for (const id of ids) flags[id] = { ...flags[id], [flag]: !all };
    if (ids.length) this.core.step({ flags });
  }
}

async function copyOf(object, mask) {
  return {
    client_id: newId(),
    category: object.category,
    mask: await encodeMask(mask),
    proposed: null,
    prompts: [],
    version: null,
    iou: null,
  };
}

// A copy lies a little beside the original, to be seen.
function shifted(mask, image) {
  const by = Math.max(2, Math.round(Math.max(image.width, image.height) / 100));
  const x = Math.min(mask.x + by, image.width - mask.w);
  const y = Math.min(mask.y + by, image.height - mask.h);
  return maskOf({ x, y, w: mask.w, h: mask.h, bits: mask.bits });
}
