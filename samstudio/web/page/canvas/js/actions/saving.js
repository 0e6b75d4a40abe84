// What the key for saving says: there is nothing to save by hand, but something may be on its way, or waits here.

/** @import { DraftStorage } from "../sync/draft_storage.js" */
/** @import { MarksOutbox } from "../sync/marks_outbox.js" */
/** @import { Outbox } from "../sync/outbox.js" */
/** @import { Core } from "./core.js" */

import { isStarted } from "../model/drafts.js";

const PATIENCE = 4000; // milliseconds until something on its way is said to be so

export class Saving {
  /**
   * @param {Core} core
   * @param {{ outbox: Outbox, marksOutbox: MarksOutbox, draftStorage: DraftStorage }} session
   */
  constructor(core, { outbox, marksOutbox, draftStorage }) {
    this.core = core;
    this.store = core.store;
    this.outbox = outbox;
    this.marksOutbox = marksOutbox;
    this.draftStorage = draftStorage;
  }

  /** Wait for what is on its way, try once more to send what waits, and tell what is saved. */
  async report() {
    const marks = this.core.inTurn(() => this.marksOutbox.delivered());
    const settled = Promise.all([this.core.answering, this.core.queue, this.outbox.deliver(), marks, this.draftStorage.settled()]).then(() => true);
    const late = new Promise((resolve) => setTimeout(() => resolve(false), PATIENCE));
    const done = await Promise.race([settled.catch(() => true), late]);
    this.core.hint(done ? this.said() : "Not everything is saved yet: the server has not answered.");
  }

  said() {
    const { draft, waiting, boxes, polygon, nonPersistent } = this.store.values;
    const entries = [...this.outbox.entries.values()];
    const parked = entries.filter((entry) => entry.parked).length;
    const unsent = entries.length - parked;
    const begun = isStarted(draft) || waiting.length > 0 || boxes.length > 0 || polygon !== null;
    if (unsent) return `Not everything is saved: ${objects(unsent)} of yours ${unsent === 1 ? "waits" : "wait"} ${this.here} until the server answers.`;
    if (parked) return `Not everything is saved: ${objects(parked)} of yours ${parked === 1 ? "waits" : "wait"} ${this.here} until the image is added again.`;
    if (this.marksOutbox.entries.size) return `Not everything is saved: what you said of images and objects waits ${this.marksOutbox.persistent ? "in this browser" : "in this page"}.`;
    if (!begun) return "Everything is saved.";
    const accept = this.core.bindings.shown("accept");
    if (nonPersistent) return `What you accepted is saved. What you have begun on this image is in this page alone: ${accept} accepts it.`;
    return `Everything is saved. What you have begun on this image is kept in this browser; ${accept} accepts it.`;
  }

  get here() {
    return this.outbox.persistent ? "in this browser" : "in this page";
  }
}

/** @param {number} number */
function objects(number) {
  return number === 1 ? "1 object" : `${number} objects`;
}
