// Accepted objects that were not on the server at once: how they are listed meanwhile, and what
// happens when they arrive, or are refused in the end.

import { decodeMask } from "../model/masks/mask.js";
import { draftFrom, pendingObjectOf } from "./add_request.js";
import { messageOf } from "./transport.js";

/** @import { OutboxEntry, WireObject } from "../types.d.ts" */
/** @import { Categories } from "../actions/categories.js" */
/** @import { Core } from "../actions/core.js" */
/** @import { DraftStorage } from "./draft_storage.js" */
/** @import { ObjectStore } from "./object_store.js" */
/** @import { Outbox } from "./outbox.js" */

export class OutboxHandler {
  /**
   * @param {Core} core
   * @param {{ objectStore: ObjectStore, outbox: Outbox, categories: Categories, draftStorage: DraftStorage }} session
   */
  constructor(core, { objectStore, outbox, categories, draftStorage }) {
    this.core = core;
    this.objectStore = objectStore;
    this.outbox = outbox;
    this.categories = categories;
    this.draftStorage = draftStorage;
    this.store = core.store;
    outbox.onDelivered = (entry, object, withdrawn) => this.delivered(entry, object, withdrawn);
    outbox.onRefused = (entry, error) => this.refused(entry, error);
    this.store.on(["unsent", "image"], () => this.listPending());
  }

  /**
   * @param {OutboxEntry} entry
   * @param {WireObject} object
   * @param {boolean} withdrawn
   */
  async delivered({ image_id: imageId, add }, object, withdrawn) {
    const mask = await decodeMask(object.mask ?? add.mask);
    this.objectStore.known.set(object.id, { ...object, mask });
    if (withdrawn) return;
    await this.objectStore.apply(imageId, { added: [object] }, new Map([[add.client_id, mask]]));
    const left = this.store.get("unsent").filter((entry) => entry.add.client_id !== add.client_id);
    if (!left.length) this.core.hint("The server is back, and has everything you accepted.");
  }

  /**
   * It is in the making again, on its image.
   * @param {OutboxEntry} entry
   * @param {unknown} error
   */
  async refused({ image_id: id, add }, error) {
    await this.draftStorage.giveBack({ id }, [await draftFrom(add)]);
    this.core.say(new Error(`An object (${add.category}) that waited to be saved was refused, and is drawn again on its image: ${messageOf(error)}`));
  }

  // What was accepted and has not arrived is listed too, and said to be unsent.
  async listPending() {
    const { image, unsent } = this.store.values;
    const mine = unsent.filter((entry) => entry.image_id === image?.id);
    const shown = await Promise.all(mine.map((entry) => pendingObjectOf(entry, this.categories.colorOf(entry.add.category))));
    if (this.store.get("unsent") === unsent && this.store.get("image")?.id === image?.id) this.store.set({ pendingObjects: shown });
  }
}
