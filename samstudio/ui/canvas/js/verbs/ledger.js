// The accepted objects as the server has them: every change goes through here, with the revision
// that was seen, and is shown when the server has made it.

import { decodeMask } from "../model/masks.js";

export class Ledger {
  constructor(core, { images, conflicts }) {
    this.core = core;
    this.store = core.store;
    this.transport = core.transport;
    this.images = images;
    this.conflicts = conflicts;
    this.known = new Map(); // id → the newest of each object seen, deleted ones too: undo needs their revision
    this.store.on(["objects"], ({ objects }) => objects.forEach((one) => this.known.set(one.id, one)));
  }

  byClient(clientId) {
    return [...this.known.values()].find((one) => one.client_id === clientId);
  }

  latest(ids) {
    return ids.map((id) => this.known.get(id));
  }

  /** Change objects of an image in one go; lists of objects to `remove` and `restore`, requests to `add`. */
  async change(imageId, { add = [], remove = [], restore = [] }, masks = new Map()) {
    const pairs = (list) => list.map((one) => ({ id: one.id, revision: this.known.get(one.id)?.revision ?? one.revision }));
    const ask = () => this.transport.call("change_objects", { image_id: imageId, add, remove: pairs(remove), restore: pairs(restore) });
    const reply = await this.conflicts.around(ask, (theirs) => this.adopt(imageId, theirs));
    if (reply) this.took(imageId, reply, masks);
    return reply;
  }

  /** The server made these changes: show them. */
  took(imageId, { added = [], removed = [], restored = [], categories }, masks = new Map()) {
    if (categories) this.store.set({ categories });
    for (const { id, revision } of removed) this.known.set(id, { ...this.known.get(id), revision });
    const back = [...added, ...restored].map((one) => ({ ...one, mask: masks.get(one.client_id) ?? this.known.get(one.id)?.mask ?? null }));
    back.forEach((one) => this.known.set(one.id, one));
    if (this.store.get("image")?.id === imageId) {
      const gone = new Set([...removed, ...back].map((one) => one.id));
      const objects = [...this.store.get("objects").filter((one) => !gone.has(one.id)), ...back].sort(byRank);
      this.store.set({ objects, selection: this.store.get("selection").filter((id) => !gone.has(id)), hovered: null });
    }
    this.images.count(imageId, back.length - removed.length);
  }

  /** Someone else's state of an object replaces ours. */
  async adopt(imageId, theirs) {
    const mask = theirs.deleted ? null : await decodeMask(theirs.mask);
    this.known.set(theirs.id, { ...this.known.get(theirs.id), ...theirs, mask: mask ?? this.known.get(theirs.id)?.mask });
    if (this.store.get("image")?.id !== imageId) return;
    const others = this.store.get("objects").filter((one) => one.id !== theirs.id);
    this.store.set({ objects: theirs.deleted ? others : [...others, { ...theirs, mask }].sort(byRank) });
  }

  /** Values of one object: category, mask, rank; resolves to false when theirs was kept instead. */
  async update(id, values, mask) {
    const { image_id: imageId } = this.known.get(id);
    const ask = async () => {
      const known = this.known.get(id);
      if (known.deleted) await this.change(imageId, { restore: [known] });
      return this.transport.call("update_object", { id, revision: this.known.get(id).revision, ...values });
    };
    const reply = await this.conflicts.around(ask, (theirs) => this.adopt(imageId, theirs));
    if (!reply) return false;
    const updated = { ...reply.object, mask: mask ?? this.known.get(id).mask };
    this.known.set(id, updated);
    const objects = this.store.get("objects").map((one) => (one.id === id ? updated : one)).sort(byRank);
    this.store.set({ objects, categories: reply.categories });
    return true;
  }
}

/** Where an object lies among those it overlaps. */
export function rankOf(object) {
  return object.rank ?? object.id;
}

export function byRank(a, b) {
  return rankOf(a) - rankOf(b) || a.id - b.id;
}
