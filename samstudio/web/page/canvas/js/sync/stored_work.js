// Work on an image as the browser's database stores it: plain objects, one bit a pixel of each mask.
// And the work of several pages on one image put together. Where it is stored is browser_storage.js's.

import { emptyDraft, isStarted } from "../model/drafts.js";
import { unpack } from "../model/bits.js";
import { maskOf } from "../model/masks.js";

const MASKS = ["base", "add", "cut", "mask"];

export function emptyWork() {
  return { draft: emptyDraft(), waiting: [], boxes: [], polygon: null, flags: {} };
}

export function worthStoring({ draft, waiting, boxes, polygon, flags }) {
  return isStarted(draft) || waiting.length > 0 || boxes.length > 0 || polygon !== null || Object.keys(flags).length > 0;
}

export function packed(work) {
  return { ...work, draft: packedDraft(work.draft), waiting: work.waiting.map(packedDraft) };
}

export function unpacked(work) {
  return { ...emptyWork(), ...work, draft: unpackedDraft(work.draft), waiting: work.waiting.map(unpackedDraft) };
}

/** Work of several pages as one; where they have the same object in the making, the first one's counts. */
export function joined([first, ...others]) {
  return others.reduce(beside, first ?? emptyWork());
}

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
function nameOf({ key, of }) {
  return of ? `correction of ${of.id}` : key;
}

function packedDraft(draft) {
  const plain = { ...draft, candidates: draft.candidates.map((one) => ({ ...one, mask: plainMask(one.mask) })) };
  for (const key of MASKS) plain[key] = plainMask(draft[key]);
  return plain;
}

function unpackedDraft(plain) {
  const candidates = plain.candidates.map((one) => Object.freeze({ ...one, mask: maskFrom(one.mask) }));
  const draft = { ...emptyDraft(), ...plain, candidates };
  for (const key of MASKS) draft[key] = maskFrom(plain[key]);
  return Object.freeze(draft);
}

function plainMask(mask) {
  return mask && { x: mask.x, y: mask.y, w: mask.w, h: mask.h, packed: mask.packed };
}

function maskFrom(plain) {
  return plain && maskOf({ ...plain, bits: new Uint8Array(unpack(plain.packed).buffer, 0, plain.w * plain.h) });
}
