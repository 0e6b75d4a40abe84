// Two people, one object: a change made on top of an outdated view is never written over the
// other's. The person sees both and chooses.

import { decodeMask } from "../model/masks.js";

export class Conflicts {
  constructor(core) {
    this.core = core;
    this.store = core.store;
  }

  /**
   * Resolve `ask()`; when it meets someone else's change, show it and let the person choose:
   * mine asks again on top of theirs, theirs resolves to null. `adopt(theirs, mask)` takes their state
   * over; where `agrees(theirs, mask)` there is nothing to choose, for both did the same.
   */
  async around(ask, adopt, agrees = () => false) {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (!error.conflict) throw error;
        const theirs = error.conflict;
        const mask = theirs.deleted ? null : await decodeMask(theirs.mask);
        const mine = agrees(theirs, mask) || (await this.choose(meanwhile(theirs, mask)));
        adopt(theirs, mask);
        if (!mine) return null;
      }
    }
  }

  /** An undo or redo would take away what someone else did since; whether it shall. */
  since(theirs) {
    return this.choose({
      text: `Someone else changed this object (${theirs.category}) since. Theirs is drawn with a dashed line.`,
      mask: theirs.mask,
      deleted: false,
    });
  }

  choose({ text, mask, deleted }) {
    return new Promise((resolve) => {
      const answer = (mine) => {
        this.store.set({ conflict: null });
        resolve(mine);
      };
      this.store.set({ conflict: { text, mask, deleted, answer } });
    });
  }
}

function meanwhile(theirs, mask) {
  const text = theirs.deleted
    ? "Someone else deleted this object while you were changing it."
    : `Someone else changed this object (${theirs.category}) while you were changing it. Theirs is drawn with a dashed line.`;
  return { text, mask, deleted: Boolean(theirs.deleted) };
}
