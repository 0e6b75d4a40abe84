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
   * mine asks again on top of theirs, theirs resolves to null. `adopt(theirs)` takes their state over.
   */
  async around(ask, adopt) {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (!error.conflict) throw error;
        const mine = await this.choose(error);
        await adopt(error.conflict);
        if (!mine) return null;
      }
    }
  }

  async choose({ conflict }) {
    const mask = conflict.deleted ? null : await decodeMask(conflict.mask);
    const text = conflict.deleted
      ? "Someone else deleted this object while you were changing it."
      : `Someone else changed this object (${conflict.category}) while you were changing it. Theirs is drawn with a dashed line.`;
    return new Promise((resolve) => {
      const answer = (mine) => {
        this.store.set({ conflict: null });
        resolve(mine);
      };
      this.store.set({ conflict: { text, mask, deleted: Boolean(conflict.deleted), answer } });
    });
  }
}
