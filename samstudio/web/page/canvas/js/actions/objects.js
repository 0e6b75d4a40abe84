// What a person does with whole objects: delete, duplicate, merge, split, sort, name, hide, lock.

import { emptyDraft, isCorrection } from "../model/drafts.js";
import { union } from "../model/masks/mask.js";
import { beside } from "../model/masks/placing.js";
import { components } from "../model/masks/cleaning.js";
import { correctionOpen } from "./hints.js";
import { addRequestLike } from "../sync/add_request.js";
import { rankOf } from "../sync/object_store.js";

/** @import { Correction, Flags, Mask, StoredObject } from "../types.d.ts" */
/** @import { Core } from "./core.js" */
/** @import { Like } from "../sync/add_request.js" */
/** @import { ObjectStore } from "../sync/object_store.js" */

export class Objects {
  /**
   * @param {Core} core
   * @param {ObjectStore} objectStore
   */
  constructor(core, objectStore) {
    this.core = core;
    this.store = core.store;
    this.objectStore = objectStore;
  }

  /**
   * One that is being corrected goes with its correction.
   * @param {readonly number[]} ids
   */
  remove(ids) {
    return this.replace(this.free(ids), async () => []);
  }

  /** @param {readonly number[]} ids */
  duplicate(ids) {
    return this.replace([], async () => this.settled(this.free(ids, { locked: true })).map((one) => copy(one, beside(one.mask, this.store.get("image")))));
  }

  /**
   * Two or more objects become one.
   * @param {readonly number[]} ids
   */
  merge(ids) {
    if (ids.length < 2) return this.core.hint("Select two objects or more to merge them (Shift+click).");
    const parts = this.settled(this.free(ids));
    if (parts.length < 2) return null;
    return this.replace(parts, async () => [copy(parts[0], parts.map((one) => one.mask).reduce((all, mask) => union(all, mask)))]);
  }

  /**
   * Each connected part of an object becomes one of its own.
   * @param {readonly number[]} ids
   */
  split(ids) {
    const free = this.settled(this.free(ids));
    const whole = free.filter((one) => components(one.mask).length > 1);
    if (free.length && !whole.length) return this.core.hint("This object is in one piece already.");
    return this.replace(whole, async () => whole.flatMap((one) => components(one.mask).map((mask) => copy(one, mask))));
  }

  /**
   * Objects go and others come in their place, in one step; resolves to the ids of those that came, or to nothing where
   * that was not done.
   * @param {readonly StoredObject[]} gone
   * @param {() => Promise<[Like, Mask | null][]>} made
   * @returns {Promise<number[] | void>}
   */
  replace(gone, made) {
    const image = this.store.get("image");
    if (!image) return Promise.resolve();
    const imageId = image.id;
    const { history } = this.core; // of this image, whichever is open when the server has answered
    return this.core.inTurn(async () => {
      const come = await made();
      if (!gone.length && !come.length) return undefined;
      const add = await Promise.all(come.map(([one, mask]) => addRequestLike(one, mask)));
      const masks = new Map(add.map((one, i) => [one.client_id, come[i][1]]));
      const { draft } = this.store.values;
      const correction = isCorrection(draft) && gone.some((one) => one.id === draft.of.id) ? draft : null;
      const reply = await this.objectStore.change(imageId, { add, remove: gone }, masks);
      if (!reply) return undefined;
      const added = reply.added.map((one) => one.id);
      if (correction) this.core.put({ draft: emptyDraft() });
      if (this.core.isOpen(image)) this.store.set({ selection: added });
      history.push(this.objectStore.step({
        ids: () => [...added, ...gone.map((one) => one.id)],
        undo: async () => {
          await this.objectStore.change(imageId, { remove: this.objectStore.latest(added), restore: gone });
          if (correction && this.store.get("image")?.id === imageId) this.core.put({ draft: this.resumed(correction) });
        },
        redo: async () => {
          await this.objectStore.change(imageId, { remove: gone, restore: this.objectStore.latest(added) });
          if (correction && this.store.get("image")?.id === imageId) this.core.put({ draft: emptyDraft() });
        },
      }));
      return added;
    });
  }

  /**
   * A correction of an object that was deleted and is back, under a new revision.
   * @param {Correction} draft
   */
  resumed(draft) {
    const { id, revision } = this.objectStore.get(draft.of.id);
    return Object.freeze({ ...draft, of: Object.freeze({ id, revision }) });
  }

  /**
   * The objects that may be changed, in the order they were asked for; a locked one says so.
   * @param {readonly number[]} ids
   * @param {{ locked?: boolean }} [how]
   */
  free(ids, { locked = false } = {}) {
    const { flags, objects } = this.store.values;
    const chosen = ids.flatMap((id) => objects.find((one) => one.id === id) ?? []);
    const free = chosen.filter((one) => locked || !flags[one.id]?.locked);
    if (free.length < chosen.length) this.core.hint(`A locked object stays as it is. Unlock it first (${this.core.bindings.shown("lock")}).`);
    return free;
  }

  /**
   * Without the one that is being corrected: what would become of it is not what is seen.
   * @param {StoredObject[]} objects
   */
  settled(objects) {
    const { of } = this.store.get("draft");
    const settled = objects.filter((one) => one.id !== of?.id);
    if (settled.length === objects.length) return objects;
    this.core.hint(correctionOpen(this.core.bindings));
    return [];
  }

  /**
   * Give objects another category, in one step.
   * @param {readonly number[]} ids
   * @param {string} category
   */
  recategorize(ids, category) {
    const { history } = this.core;
    return this.core.inTurn(async () => {
      /** @type {StoredObject[]} */
      const changed = [];
      /** @param {string | null} name */
      const change = async (name) => {
        for (const one of changed) await this.objectStore.update(one.id, { category: name ?? one.category });
      };
      try {
        for (const one of this.free(ids).filter((each) => each.category !== category)) {
          if (await this.objectStore.update(one.id, { category })) changed.push(one);
        }
      } finally {
        const step = this.objectStore.step({ ids: () => changed.map((one) => one.id), undo: () => change(null), redo: () => change(category) });
        if (changed.length) history.push(step);
      }
    });
  }

  /**
   * Lay an object over (1) or under (-1) the next in the list.
   * @param {number} id
   * @param {number} direction
   */
  reorder(id, direction) {
    const { history } = this.core;
    return this.core.inTurn(async () => {
      const objects = this.store.get("objects");
      const index = objects.findIndex((one) => one.id === id);
      const beyond = objects[index + direction];
      if (index < 0 || !this.free([id]).length) return;
      if (!beyond) {
        this.core.hint(direction > 0 ? "It lies on top already." : "It lies at the bottom already.");
        return;
      }
      const further = objects[index + 2 * direction];
      const rank = further ? (rankOf(beyond) + rankOf(further)) / 2 : rankOf(beyond) + direction;
      const before = rankOf(objects[index]);
      /** @param {number} value */
      const change = (value) => this.objectStore.update(id, { rank: value });
      if (await change(rank)) history.push({ undo: () => change(before), redo: () => change(rank) });
    });
  }

  /**
   * Turn `hidden` or `locked` of objects over.
   * @param {readonly number[]} ids
   * @param {keyof Flags} flag
   */
  toggle(ids, flag) {
    const flags = { ...this.store.get("flags") };
    const all = ids.length > 0 && ids.every((id) => flags[id]?.[flag]);
    for (const id of ids) flags[id] = { ...flags[id], [flag]: !all };
    if (ids.length) this.core.step({ flags });
  }
}

// What a new object is made of: the object that it is like, and its mask.
/**
 * @param {StoredObject} one
 * @param {Mask | null} mask
 * @returns {[StoredObject, Mask | null]}
 */
function copy(one, mask) {
  return [one, mask];
}
