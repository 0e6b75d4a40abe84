// Work on an image as the browser's database stores it: plain objects, one bit a pixel of each mask.
// And the work of several pages on one image put together. Where it is stored is browser_storage.js's.

import { emptyDraft, isStarted } from "../model/drafts.js";
import { unpack } from "../model/masks/bits.js";
import { maskOf } from "../model/masks/mask.js";

/** @import { Draft, Mask, PlainDraft, PlainMask, PlainWork, Work } from "../types.d.ts" */

/** @returns {Work} */
export function emptyWork() {
  return { draft: emptyDraft(), waiting: [], boxes: [], polygon: null, flags: {} };
}

/**
 * The part of the state that is work on its image.
 * @param {Work} state
 * @returns {Work}
 */
export function workOf({ draft, waiting, boxes, polygon, flags }) {
  return { draft, waiting, boxes, polygon, flags };
}

/** @param {Work} work */
export function worthStoring({ draft, waiting, boxes, polygon, flags }) {
  return isStarted(draft) || waiting.length > 0 || boxes.length > 0 || polygon !== null || Object.keys(flags).length > 0;
}

/**
 * @param {Work} work
 * @returns {PlainWork}
 */
export function packed(work) {
  return { ...work, draft: packedDraft(work.draft), waiting: work.waiting.map(packedDraft) };
}

/**
 * @param {PlainWork} work
 * @returns {Work}
 */
export function unpacked(work) {
  return { ...emptyWork(), ...work, draft: unpackedDraft(work.draft), waiting: work.waiting.map(unpackedDraft) };
}

/**
 * Work of several pages as one; where they have the same object in the making, the first one's counts.
 * @param {Work[]} pages
 * @returns {Work}
 */
export function joined([first, ...others]) {
  return others.reduce(beside, first ?? emptyWork());
}

/**
 * @param {Work} ours
 * @param {Work} theirs
 * @returns {Work}
 */
function beside(ours, theirs) {
  const taken = [ours.draft, ...ours.waiting].map(nameOf);
  const masks = [...theirs.waiting, theirs.draft].filter((one) => one.mask && !taken.includes(nameOf(one)));
  const free = !isStarted(ours.draft);
  const draft = free ? (masks.pop() ?? theirs.draft) : ours.draft;
  return {
    draft,
    waiting: [...ours.waiting, ...masks],
    boxes: [...ours.boxes, ...theirs.boxes.filter((box) => !ours.boxes.some((one) => String(one) === String(box)))],
    polygon: ours.polygon ?? theirs.polygon,
    flags: { ...theirs.flags, ...ours.flags },
  };
}

// What a draft will be: a new object under a key, or a correction.
/** @param {Draft} draft */
function nameOf({ key, of }) {
  return of ? `correction of ${of.id}` : key;
}

/**
 * @param {Draft} draft
 * @returns {PlainDraft}
 */
function packedDraft(draft) {
  const candidates = draft.candidates.map((one) => ({ ...one, mask: plainMask(one.mask) }));
  return { ...draft, candidates, ...eachMask(draft, plainMask) };
}

/**
 * @param {PlainDraft} plain
 * @returns {Draft}
 */
function unpackedDraft(plain) {
  const candidates = plain.candidates.map((one) => Object.freeze({ ...one, mask: maskFrom(one.mask) }));
  return Object.freeze({ ...emptyDraft(), ...plain, candidates, ...eachMask(plain, maskFrom) });
}

/**
 * @template From
 * @template To
 * @param {{ base: From, add: From, cut: From, mask: From }} masks
 * @param {(mask: From) => To} turn
 */
function eachMask({ base, add, cut, mask }, turn) {
  return { base: turn(base), add: turn(add), cut: turn(cut), mask: turn(mask) };
}

/**
 * @param {Mask | null} mask
 * @returns {PlainMask | null}
 */
function plainMask(mask) {
  return mask && { x: mask.x, y: mask.y, w: mask.w, h: mask.h, packed: mask.packed };
}

/**
 * @param {PlainMask | null} plain
 * @returns {Mask | null}
 */
function maskFrom(plain) {
  return plain && maskOf({ ...plain, bits: new Uint8Array(unpack(plain.packed).buffer, 0, plain.w * plain.h) });
}
