// Which outline is in hand: that of the mask which a correction would be of, as it was edited last, or
// made of its contours with as many points as the person wants.

import { isStarted } from "./drafts.js";
import { outlineOf } from "./masks/outline.js";

/** @import { Mask, Outline, Scene, State } from "../types.d.ts" */

export const MOST_DETAIL = 20;
const FINEST = 0.7; // image pixels, at the most detail: a slanting edge of pixels becomes one line
const HALVING = 2.5; // steps of the detail that halve the tolerance

/** @type {WeakMap<Mask, Outline>} */
const derived = new WeakMap();

/**
 * @param {State | Scene} state
 * @returns {Outline | null}
 */
export function outlineIn({ draft, selection, objects, flags, detail, outline }) {
  const mask = isStarted(draft) ? draft.mask : selectedMask({ selection, objects, flags });
  if (!mask) return null;
  const tolerance = toleranceOf(detail);
  if (outline?.mask === mask && outline.tolerance === tolerance) return outline;
  let made = derived.get(mask);
  if (made?.tolerance !== tolerance) derived.set(mask, (made = outlineOf(mask, tolerance)));
  return made;
}

/**
 * Image pixels by which an outline of that detail may miss the contour.
 * @param {number} detail
 */
export function toleranceOf(detail) {
  return FINEST * 2 ** ((MOST_DETAIL - detail) / HALVING);
}

/**
 * The mask of the one selected object, unless that is locked.
 * @param {Pick<State | Scene, "selection" | "objects" | "flags">} state
 */
function selectedMask({ selection, objects, flags }) {
  const one = selection.length === 1 ? objects.find(({ id }) => id === selection[0]) : null;
  return one && !flags[one.id]?.locked ? one.mask : null;
}
