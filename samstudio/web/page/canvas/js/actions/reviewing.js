// Proposed objects (imported, or asked for by another program): accepted or rejected, one after the other.

import { ACCEPTED, PROPOSED, isProposed } from "../model/statuses.js";

/** @import { Status, StoredObject } from "../types.d.ts" */
/** @import { Core } from "./core.js" */
/** @import { Images } from "./images.js" */
/** @import { ObjectStore } from "../sync/object_store.js" */
/** @import { Objects } from "./objects.js" */

export class Reviewing {
  /**
   * @param {Core} core
   * @param {{ objectStore: ObjectStore, objects: Objects, images: Images }} session
   */
  constructor(core, { objectStore, objects, images }) {
    this.core = core;
    this.images = images;
    this.objectStore = objectStore;
    this.objects = objects;
    this.store = core.store;
  }

  /**
   * The proposed ones of `ids` become accepted, in one step; the next one to look at is selected.
   * @param {readonly number[]} ids
   */
  accept(ids) {
    const { objects, objectStore, core } = this;
    const mine = objects.settled(objects.free(ids)).filter(isProposed);
    const image = this.store.get("image");
    if (!mine.length || !image) return null;
    const imageId = image.id;
    const { history } = core;
    return core.inTurn(async () => {
      const next = this.after(mine);
      /** @param {Status} status */
      const turn = (status) => objectStore.change(imageId, { restore: mine.map((one) => ({ ...one, status })) });
      if (!(await turn(ACCEPTED))) return;
      this.look(next);
      history.push(objectStore.step({ ids: () => mine.map((one) => one.id), undo: () => turn(PROPOSED), redo: () => turn(ACCEPTED) }));
    });
  }

  acceptAll() {
    return this.accept(this.store.get("objects").filter(isProposed).map((one) => one.id));
  }

  /**
   * Objects go; after proposed ones the next one to look at is selected.
   * @param {readonly number[]} ids
   */
  async remove(ids) {
    const gone = this.store.get("objects").filter((one) => ids.includes(one.id));
    const next = gone.length && gone.every(isProposed) ? this.after(gone) : null;
    await this.objects.remove(ids);
    const left = new Set(this.store.get("objects").map((one) => one.id)); // a locked one stays, and stays selected
    if (!gone.some((one) => left.has(one.id))) this.look(next);
  }

  /** The next proposal: on this image, or else on the next image of the list that has one. */
  async next() {
    const { image, objects, selection, opened } = this.store.values;
    if (!image || !opened) return;
    const here = this.after(objects.filter((one) => selection.includes(one.id)));
    if (here) return void this.look(here);
    try {
      const found = await this.images.askedBeside(image.id, 1, { proposals: "true" });
      if (!found || !this.core.isOpen(image)) return void this.core.hint("No image after this one has proposals.");
      await this.images.open(found);
      if (this.store.get("image")?.id === found) this.look(this.after([]));
    } catch (error) {
      this.core.say(error);
    }
  }

  /**
   * The list shows the topmost, the last, first: the next one down, or from the top again.
   * @param {readonly StoredObject[]} those
   */
  after(those) {
    const all = this.store.get("objects");
    const lowest = Math.min(...those.map((one) => all.findIndex((each) => each.id === one.id)));
    const open = all.filter((one) => isProposed(one) && !those.some((each) => each.id === one.id));
    return open.findLast((one) => all.indexOf(one) < lowest) ?? open.at(-1) ?? null;
  }

  /** @param {StoredObject | null} next */
  look(next) {
    if (next && this.store.get("objects").some((one) => one.id === next.id)) this.store.set({ selection: [next.id] });
  }
}
