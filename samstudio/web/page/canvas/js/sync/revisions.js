// Whose change an object's revision is: this page's, or someone else's, and when. So that what this
// page did itself is no conflict, and an undo does not take away what someone else did since.

import { same } from "../model/masks/mask.js";
import { isLost } from "./transport.js";

/** @import { Mask, Revision } from "../types.d.ts" */

export class Revisions {
  constructor() {
    /** @type {Map<string, number>} */
    this.made = new Map(); // "id/revision" → the revision that this page made of it
    /** @type {Map<number, Mask>} */
    this.unsure = new Map(); // id → the mask of a correction whose reply was lost
    this.clock = 0; // counts what others did
    /** @type {Map<number, number>} */
    this.others = new Map(); // id → when someone else last changed it
  }

  /**
   * This page made `revision` of an object.
   * @param {number} id
   * @param {number} revision
   */
  own(id, revision) {
    this.made.set(`${id}/${revision - 1}`, revision);
  }

  /**
   * What became of the revision that was seen by this page's own changes.
   * @param {number} id
   * @param {number} seen
   * @returns {number}
   */
  ahead(id, seen) {
    let revision = seen;
    for (;;) {
      const next = this.made.get(`${id}/${revision}`);
      if (next === undefined) return revision;
      revision = next;
    }
  }

  /**
   * A newer state of an object was found on the server.
   * @param {Revision} object
   * @param {Mask | null} mask
   */
  found({ id, revision }, mask) {
    if (this.isMine(id, mask)) this.own(id, revision);
    else this.others.set(id, (this.clock += 1));
  }

  /**
   * Whether "someone else's" mask is this page's own, stored though the reply got lost.
   * @param {number} id
   * @param {Mask | null} mask
   */
  isMine(id, mask) {
    const sent = this.unsure.get(id);
    return Boolean(mask && sent && same(mask, sent));
  }

  /**
   * `work` sends `mask`; a lost reply may hide that it was stored.
   * @template T
   * @param {number} id
   * @param {Mask | null | undefined} mask
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async sending(id, mask, work) {
    try {
      const reply = await work();
      this.unsure.delete(id);
      return reply;
    } catch (error) {
      if (isLost(error) && mask) this.unsure.set(id, mask);
      throw error;
    }
  }

  /**
   * @param {number} id
   * @param {number} time
   */
  changedSince(id, time) {
    return (this.others.get(id) ?? 0) > time;
  }
}
