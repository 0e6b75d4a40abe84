// The objects as the server has them: every change goes through here, with the revision
// that was seen, and is shown when the server has made it.

import { decodeMask, known } from "../model/masks/mask.js";
import { ACCEPTED, PROPOSED, isProposed } from "../model/statuses.js";
import { Revisions } from "./revisions.js";

/** @import { Mask, NewObject, ObjectChange, ObjectChanged, ObjectValuesChange, Revision, Status, Step, StoredObject, Theirs, WireObject } from "../types.d.ts" */
/** @import { Conflicts } from "./conflicts.js" */
/** @import { Core } from "../actions/core.js" */
/** @import { Images } from "../actions/images.js" */

export class ObjectStore {
  /**
   * @param {Core} core
   * @param {{ images: Images, conflicts: Conflicts }} session
   */
  constructor(core, { images, conflicts }) {
    this.core = core;
    this.store = core.store;
    this.transport = core.transport;
    this.images = images;
    this.conflicts = conflicts;
    /** @type {Map<number, StoredObject>} */
    this.known = new Map(); // id → the newest of each object seen, deleted ones too: undo needs their revision
    this.revisions = new Revisions();
    this.store.on(["objects"], ({ objects }) => objects.forEach((one) => this.known.set(one.id, one)));
  }

  /**
   * The newest state of an object that was seen.
   * @param {number} id
   */
  get(id) {
    const one = this.known.get(id);
    if (!one) throw new Error(`object ${id} was never seen`);
    return one;
  }

  /** @param {string} clientId */
  byClient(clientId) {
    return [...this.known.values()].find((one) => one.client_id === clientId);
  }

  /** @param {readonly number[]} ids */
  latest(ids) {
    return ids.flatMap((id) => this.known.get(id) ?? []);
  }

  /**
   * Change objects of an image in one go; lists of objects to `remove` and to `restore` as what their
   * status says, requests to `add`.
   * @param {string} imageId
   * @param {ObjectChange} change
   * @param {Map<string, Mask | null>} [masks]
   */
  async change(imageId, { add = [], remove = [], restore = [] }, masks = new Map()) {
    /** @param {readonly Revision[]} list */
    const pairs = (list) => list.map((one) => ({ id: one.id, revision: this.known.get(one.id)?.revision ?? one.revision }));
    const back = { restore: pairs(restore.filter((one) => !isProposed(one))), propose: pairs(restore.filter(isProposed)) };
    let going = remove;
    const ask = () => this.transport.call("change_objects", { image_id: imageId, add, remove: pairs(going), ...back });
    /** @param {Theirs} theirs */
    const agrees = (theirs) => {
      const both = Boolean(theirs.deleted) && going.some((one) => one.id === theirs.id);
      if (both) going = going.filter((one) => one.id !== theirs.id);
      return both;
    };
    const reply = await this.conflicts.around(ask, (theirs, mask) => this.adopt(imageId, theirs, mask), agrees);
    if (reply) await this.apply(imageId, reply, masks);
    return reply;
  }

  /**
   * The server made these changes: show them.
   * @param {string} imageId
   * @param {Partial<ObjectChanged>} changed
   * @param {Map<string, Mask | null>} [masks]
   */
  async apply(imageId, { added = [], removed = [], restored = [], categories }, masks = new Map()) {
    if (categories) this.store.set({ categories });
    /**
     * A mask that was just sent does not come back.
     * @param {WireObject} one
     */
    const come = async (one) => {
      const mine = masks.get(one.client_id ?? "") ?? this.known.get(one.id)?.mask ?? null;
      return { ...one, mask: one.mask ? known(await decodeMask(one.mask), ...(mine ? [mine] : [])) : mine };
    };
    const back = await Promise.all([...added, ...restored].map(come));
    for (const one of [...removed, ...restored]) this.revisions.own(one.id, one.revision);
    for (const one of this.latest(removed.map(({ id }) => id))) this.known.set(one.id, { ...one, ...removed.find(({ id }) => id === one.id) });
    back.forEach((one) => this.known.set(one.id, one));
    this.show(imageId, removed, back);
  }

  /**
   * @param {string} imageId
   * @param {readonly Revision[]} removed
   * @param {readonly StoredObject[]} back
   */
  show(imageId, removed, back) {
    if (this.store.get("image")?.id !== imageId) return this.recount(imageId, this.latest(removed.map((one) => one.id)), back);
    const gone = new Set([...removed, ...back].map((one) => one.id));
    const before = this.store.get("objects");
    const objects = [...before.filter((one) => !gone.has(one.id)), ...back].sort(byRank);
    this.store.set({ objects, selection: this.store.get("selection").filter((id) => !gone.has(id)), hovered: null });
    return this.recount(imageId, before, objects);
  }

  /**
   * How many objects of each status an image has, from what was there and what is there now.
   * @param {string} imageId
   * @param {readonly StoredObject[]} before
   * @param {readonly StoredObject[]} after
   */
  recount(imageId, before, after) {
    if (this.store.get("image")?.id === imageId) return this.images.countShown();
    /** @param {Status} status */
    const change = (status) => after.filter((one) => one.status === status).length - before.filter((one) => one.status === status).length;
    return this.images.count(imageId, { accepted: change(ACCEPTED), proposed: change(PROPOSED) });
  }

  /**
   * Someone else's state of an object replaces ours.
   * @param {string} imageId
   * @param {Theirs} theirs
   * @param {Mask | null} mask
   */
  adopt(imageId, theirs, mask) {
    this.revisions.found(theirs, mask);
    const before = this.known.get(theirs.id);
    if (!theirs.deleted) this.known.set(theirs.id, { ...theirs, deleted: false, mask: mask ?? before?.mask ?? null });
    else if (before) this.known.set(theirs.id, { ...before, ...theirs });
    if (this.store.get("image")?.id !== imageId) return;
    const others = this.store.get("objects").filter((one) => one.id !== theirs.id);
    const selection = this.store.get("selection").filter((id) => !theirs.deleted || id !== theirs.id);
    this.store.set({ selection, objects: theirs.deleted ? others : [...others, this.get(theirs.id)].sort(byRank) });
  }

  /**
   * Change values of one object: category, status, mask, rank. `seen`: the revision that the change was made
   * on, where it is not the newest that is known. Resolves to what the object was before, or to null
   * when theirs was kept instead.
   * @param {number} id
   * @param {ObjectValuesChange} values
   * @param {Mask | null} [mask]
   * @param {number | null} [seen]
   */
  async update(id, values, mask, seen = null) {
    let was = this.get(id);
    const { image_id: imageId } = was;
    let revision = seen === null ? was.revision : this.revisions.ahead(id, seen);
    /**
     * @param {Theirs} theirs
     * @param {Mask | null} theirMask
     */
    const adopt = (theirs, theirMask) => {
      this.adopt(imageId, theirs, theirMask);
      was = this.get(id);
      revision = was.revision;
    };
    const ask = async () => {
      if (was.deleted) {
        await this.change(imageId, { restore: [was] });
        revision = this.get(id).revision;
      }
      return this.transport.call("update_object", { id, revision, ...values });
    };
    /**
     * @param {Theirs} _
     * @param {Mask | null} theirMask
     */
    const agrees = (_, theirMask) => this.revisions.isMine(id, theirMask);
    const reply = await this.revisions.sending(id, mask, () => this.conflicts.around(ask, adopt, agrees));
    if (!reply) return null;
    this.revisions.own(id, reply.object.revision);
    const updated = { ...reply.object, mask: mask ?? this.get(id).mask };
    this.known.set(id, updated);
    const before = this.store.get("objects");
    const objects = before.map((one) => (one.id === id ? updated : one)).sort(byRank);
    this.store.set({ objects, categories: reply.categories });
    this.recount(imageId, before, objects);
    return was;
  }

  /**
   * `undo` and `redo` of a change of objects (`ids()`), for the history. Where someone else changed
   * one of them since, the person is asked; both resolve to whether they happened.
   * @param {{ ids: () => number[], undo: () => unknown, redo: () => unknown }} change
   * @returns {Step}
   */
  step({ ids, undo, redo }) {
    let time = this.revisions.clock;
    const agreed = async () => {
      for (const id of ids()) {
        if (this.revisions.changedSince(id, time) && !(await this.conflicts.since(this.get(id)))) return false;
      }
      return true;
    };
    /** @param {() => unknown} work */
    const guarded = (work) => async () => {
      if (!(await agreed())) return false;
      await work();
      time = this.revisions.clock;
      return true;
    };
    return { undo: guarded(undo), redo: guarded(redo) };
  }
}

/**
 * Where an object lies among those it overlaps.
 * @param {StoredObject} object
 */
export function rankOf(object) {
  return object.rank ?? object.id;
}

/**
 * @param {StoredObject} a
 * @param {StoredObject} b
 */
export function byRank(a, b) {
  return rankOf(a) - rankOf(b) || a.id - b.id;
}
