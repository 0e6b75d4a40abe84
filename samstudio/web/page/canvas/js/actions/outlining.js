// What moving, adding and removing points of an outline makes of the mask in hand.

import { applied } from "../model/masks/outline.js";

/** @import { Outline, OutlineEdit } from "../types.d.ts" */
/** @import { Core } from "./core.js" */
/** @import { Correcting } from "./correcting.js" */

const LAST_POINTS = "An outline needs three points; to take the object away, delete it.";

export class Outlining {
  /**
   * @param {Core} core
   * @param {Correcting} correcting
   */
  constructor(core, correcting) {
    this.core = core;
    this.correcting = correcting;
  }

  /**
   * As a point is dragged: only drawn.
   * @param {Outline | null} outline
   */
  hold(outline) {
    this.core.store.set({ heldOutline: outline });
  }

  /**
   * What an edit makes of the mask; undo brings back both, mask and points.
   * @param {OutlineEdit} edit
   */
  apply(edit) {
    this.hold(null);
    const target = this.correcting.target();
    // The mask is another one by now: an answer came, or someone else's change.
    if (!target || target.mask !== edit.outline.mask) return null;
    if (!edit.outline.loops.length) return this.core.hint(LAST_POINTS);
    const outline = applied(edit);
    return this.correcting.redraw(target, outline.mask, outline.mask ? { outline } : {});
  }
}
