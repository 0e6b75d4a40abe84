// Whose change an object's revision is: this page's, or someone else's, and when. So that what this
// page did itself is no conflict, and an undo does not take away what someone else did since.

import { same } from "../model/masks.js";

export class Revisions {
  constructor() {
    this.made = new Map(); // "id/revision" → the revision that this page made of it
    this.unsure = new Map(); // id → the mask of a correction whose reply was lost
    this.clock = 0; // counts what others did
    this.others = new Map(); // id → when someone else last changed it
  }

  /** This page made `revision` of an object. */
  own(id, revision) {
    this.made.set(`${id}/${revision - 1}`, revision);
  }

  /** What became of the revision that was seen by this page's own changes. */
  ahead(id, seen) {
    let revision = seen;
    while (this.made.has(`${id}/${revision}`)) revision = this.made.get(`${id}/${revision}`);
    return revision;
  }

  /** A newer state of an object was found on the server. */
  found({ id, revision }, mask) {
    if (this.isMine(id, mask)) this.own(id, revision);
    else this.others.set(id, (this.clock += 1));
  }

  /** Whether "someone else's" mask is this page's own, stored though the reply got lost. */
  isMine(id, mask) {
    return Boolean(mask) && this.unsure.has(id) && same(mask, this.unsure.get(id));
  }

  /** `work` sends `mask`; a lost reply may hide that it was stored. */
  async sending(id, mask, work) {
    try {
      const reply = await work();
      this.unsure.delete(id);
      return reply;
    } catch (error) {
      if (error.lost && mask) this.unsure.set(id, mask);
      throw error;
    }
  }

  changedSince(id, time) {
    return (this.others.get(id) ?? 0) > time;
  }
}
