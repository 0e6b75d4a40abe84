// Other people's work on the open image, and whether the server is there at all.

import { decodeMask } from "../model/masks/mask.js";
import { byRank } from "./object_store.js";
import { isLost } from "./transport.js";

/** @import { StoredObject } from "../types.d.ts" */
/** @import { Batching } from "../actions/batching.js" */
/** @import { Core } from "../actions/core.js" */
/** @import { Images } from "../actions/images.js" */
/** @import { ObjectStore } from "./object_store.js" */
/** @import { MarksOutbox } from "./marks_outbox.js" */
/** @import { Outbox } from "./outbox.js" */
/** @import { Prompting } from "../actions/prompting.js" */

export class RemoteChanges {
  /**
   * @param {Core} core
   * @param {{ objectStore: ObjectStore, images: Images, outbox: Outbox, marksOutbox: MarksOutbox, prompting: Prompting, batching: Batching }} session
   */
  constructor(core, { objectStore, images, outbox, marksOutbox, prompting, batching }) {
    this.core = core;
    this.objectStore = objectStore;
    this.images = images;
    this.outbox = outbox;
    this.marksOutbox = marksOutbox;
    this.prompting = prompting;
    this.batching = batching;
    this.store = core.store;
    /** @type {string | null | undefined} */
    this.stamp = null;
    this.asked = 0; // of the list of images, when the stamp was heard
  }

  /**
   * The header heard from the server: `stamp` changes with the dataset.
   * @param {string} stamp
   */
  async heard(stamp) {
    const back = !this.store.get("connected");
    this.store.set({ connected: true });
    if (back || this.store.get("unsent").length) await this.outbox.deliver();
    if (this.marksOutbox.waits && !this.marksOutbox.delivering) await this.core.inTurn(() => this.marksOutbox.delivered());
    if (back) await this.images.recover();
    if (back || this.store.get("stalled")) this.askAgain();
    // While something is being saved the stamp stays unseen: what others did is looked at with the next news.
    // A list that this page asked for since may show an image that came and went: then the old stamp is no news, but true.
    const news = stamp !== this.stamp || this.asked !== this.images.asked;
    if ((!news && !back) || this.store.get("saving")) return;
    this.stamp = stamp;
    const list = this.images.refresh(); // with the first news too: something may have come since the page was loaded
    this.asked = this.images.asked;
    await list;
    await this.outbox.tryParked();
    await this.core.inTurn(() => this.marksOutbox.tryParked());
    await this.core.inTurn(() => this.follow());
  }

  askAgain() {
    this.prompting.resume();
    this.batching.resume();
  }

  /** No answer: whatever is on its way will not be answered either. */
  lost() {
    this.store.set({ connected: false });
    this.core.transport.lose();
  }

  /** Take over what others did to the open image's objects. */
  async follow() {
    const image = this.store.get("image");
    if (!image || !this.store.get("opened")) return;
    const known = Object.fromEntries(this.store.get("objects").map((one) => [one.id, one.revision]));
    try {
      const { objects, gone } = await this.core.transport.call("changes", { image_id: image.id, known });
      const fresh = await Promise.all(objects.map(async (one) => ({ ...one, mask: await decodeMask(one.mask) })));
      if (this.core.isOpen(image)) this.merge(fresh, gone);
    } catch (error) {
      if (!isLost(error)) throw error; // a lost connection is said in the header
      this.stamp = undefined; // and this is asked again
    }
  }

  /**
   * @param {readonly StoredObject[]} fresh
   * @param {readonly number[]} gone
   */
  merge(fresh, gone) {
    if (!fresh.length && !gone.length) return;
    const replaced = new Set([...gone, ...fresh.map((one) => one.id)]);
    for (const one of fresh) if (this.isNews(one)) this.objectStore.revisions.found(one, one.mask);
    const kept = this.store.get("objects").filter((one) => !replaced.has(one.id));
    const selection = this.store.get("selection").filter((id) => !gone.includes(id));
    this.store.set({ objects: [...kept, ...fresh].sort(byRank), selection });
  }

  /**
   * Known before, and not in this state.
   * @param {StoredObject} object
   */
  isNews({ id, revision }) {
    const known = this.objectStore.known.get(id);
    return known && known.revision !== revision;
  }
}
