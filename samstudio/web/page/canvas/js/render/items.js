// Which masks of a scene are drawn, and how strongly. Pure: a scene in, items
// for mask_paint.js out.

import { isProposed } from "../model/statuses.js";

/** @import { Mask, MaskItem, Scene, SceneObject } from "../types.d.ts" */

const OPACITY = 0.38;
const STRONGER = 0.25; // what being selected, hovered or in the making adds
const THEIRS = "#f97316";

/**
 * What paints a mask's inside, given how strong it is.
 * @param {Scene} scene
 * @param {number} [more]
 */
function fillOf({ display }, more = 0) {
  if (display?.contours) return 0;
  return Math.min(1, (display?.opacity ?? OPACITY) + more);
}

/**
 * @param {Scene} scene
 * @returns {(SceneObject & { mask: Mask })[]}
 */
const visibleObjects = ({ objects, correcting }) =>
  objects.flatMap((one) => (one.mask && !one.hidden && one.id !== (correcting ?? null) ? [{ ...one, mask: one.mask }] : []));

/**
 * Not stored yet, or not accepted yet.
 * @param {SceneObject} object
 */
const isOpen = (object) => Boolean(object.unsent) || isProposed(object);

/**
 * All visible objects as they look at rest: these stay while the mouse wanders over them.
 * @param {Scene} scene
 * @returns {MaskItem[]}
 */
export function restingItems(scene) {
  const fill = fillOf(scene);
  return visibleObjects(scene).map((one) => (
    { mask: one.mask, color: one.color, fill: isProposed(one) ? fill / 2 : fill, halo: false, dash: isOpen(one), faint: false }
  ));
}

/**
 * Selected and hovered objects once more, on top of themselves at rest.
 * @param {Scene} scene
 * @returns {MaskItem[]}
 */
export function activeItems(scene) {
  /** @type {Set<number | string | null>} */
  const active = new Set([...(scene.selection ?? []), scene.hovered]);
  const fill = scene.display?.contours ? 0 : STRONGER;
  return visibleObjects(scene)
    .filter(({ id }) => active.has(id))
    .map((one) => ({ mask: one.mask, color: one.color, fill, halo: true, dash: isOpen(one), faint: false }));
}

/**
 * The object in the making.
 * @param {Scene} scene
 * @returns {MaskItem[]}
 */
export function draftItems(scene) {
  const mask = scene.draft?.mask;
  if (!mask) return [];
  return [{ mask, color: scene.color, fill: draftFill(scene), halo: true, dash: false, faint: false }];
}

/** @param {Scene} scene */
export function draftFill(scene) {
  return fillOf(scene, STRONGER / 2);
}

/**
 * What else floats over the objects: a batch that waits, a preview, the other person's mask.
 * @param {Scene} scene
 * @returns {MaskItem[]}
 */
export function floatingItems(scene) {
  const { waiting, preview, theirs, color, display } = scene;
  const fill = draftFill(scene);
  /** @type {MaskItem[]} */
  const items = (waiting ?? []).flatMap(({ mask }) => (mask ? [{ mask, color, fill, halo: true, dash: false, faint: false }] : []));
  const faint = display?.contours ? 0 : 0.18;
  if (preview) items.push({ mask: preview, color, fill: faint, halo: false, dash: true, faint: true });
  if (theirs) items.push({ mask: theirs, color: THEIRS, fill: 0, halo: true, dash: true, faint: false });
  return items;
}
