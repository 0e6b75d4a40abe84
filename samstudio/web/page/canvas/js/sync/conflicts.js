// Two people, one object: a change made on top of an outdated view is never written over the
// other's. The person sees both and chooses.

import { decodeMask } from "../model/masks/mask.js";
import { conflictOf } from "./transport.js";

/** @import { Mask, StoredObject, Theirs } from "../types.d.ts" */
/** @import { Core } from "../actions/core.js" */

export class Conflicts {
  /** @param {Core} core */
  constructor(core) {
    this.core = core;
    this.store = core.store;
  }

  /**
   * Resolve `ask()`; when it meets someone else's change, show it and let the person choose:
   * mine asks again on top of theirs, theirs resolves to null. `adopt(theirs, mask)` takes their state
   * over; where `agrees(theirs, mask)` there is nothing to choose, for both did the same.
   * @template T
   * @param {() => Promise<T>} ask
   * @param {(theirs: Theirs, mask: Mask | null) => void} adopt
   * @param {(theirs: Theirs, mask: Mask | null) => boolean} [agrees]
   * @returns {Promise<T | null>}
   */
  async around(ask, adopt, agrees = () => false) {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        const theirs = conflictOf(error);
        if (!theirs) throw error;
        const mask = theirs.deleted ? null : await decodeMask(theirs.mask);
        const mine = agrees(theirs, mask) || (await this.choose(meanwhile(theirs, mask)));
        adopt(theirs, mask);
        if (!mine) return null;
      }
    }
  }

  /**
   * An undo or redo would take away what someone else did since; whether it shall.
   * @param {StoredObject} theirs
   */
  since(theirs) {
    return this.choose({
      text: `Someone else changed this object (${theirs.category}) since. Theirs is drawn with a dashed line.`,
      mask: theirs.mask,
      deleted: false,
    });
  }

  /**
   * @param {{ text: string, mask: Mask | null, deleted: boolean }} conflict
   * @returns {Promise<boolean>}
   */
  choose({ text, mask, deleted }) {
    return new Promise((resolve) => {
      /** @param {boolean} mine */
      const answer = (mine) => {
        this.store.set({ conflict: null });
        resolve(mine);
      };
      this.store.set({ conflict: { text, mask, deleted, answer } });
    });
  }
}

/**
 * @param {Theirs} theirs
 * @param {Mask | null} mask
 */
function meanwhile(theirs, mask) {
  const text = theirs.deleted
    ? "Someone else deleted this object while you were changing it."
    : `Someone else changed this object (${theirs.category}) while you were changing it. Theirs is drawn with a dashed line.`;
  return { text, mask, deleted: Boolean(theirs.deleted) };
}
