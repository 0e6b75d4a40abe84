// An object in the making: what was asked, what the decoder answered and what
// was corrected by hand on top. Drafts are frozen: a change makes a new one, so
// that undo is keeping the old one. No server and no drawing here.

import { minus, same, union } from "./masks/mask.js";

/** @import { Answer, Box, Correction, Draft, Mask, Prompt, PromptPoint, StoredObject } from "../types.d.ts" */

/** @type {Draft} */
const EMPTY = frozen({
  of: null, // {id, revision} of the accepted object that is being corrected
  box: null,
  points: [],
  base: null, // what the decoder answered, or the object's own mask
  add: null, // drawn by hand
  cut: null, // erased by hand
  mask: null, // (base with add) without cut
  iou: null,
  version: null,
  token: null,
  steps: [], // the prompts that led here, in order
  candidates: [], // {mask, iou, token}: what the decoder could also have meant
  candidate: 0,
  category: null,
});

export function emptyDraft() {
  return EMPTY;
}

/** @param {Pick<Draft, "box" | "points">} draft */
export function hasPrompt({ box, points }) {
  return box !== null || points.length > 0;
}

/**
 * Whether the decoder was heard on the draft's prompt, the last step that led to it.
 * @param {Draft} draft
 */
export function isAnswered(draft) {
  const wanted = JSON.stringify(promptOf(draft));
  const { box, point_coords, point_labels } = draft.steps.at(-1) ?? {};
  return !hasPrompt(draft) || JSON.stringify({ box, point_coords, point_labels }) === wanted;
}

/**
 * Whether there is anything to lose.
 * @param {Draft} draft
 */
export function isStarted(draft) {
  return hasPrompt(draft) || draft.mask !== null;
}

/**
 * Whether it corrects an accepted object.
 * @param {Draft} draft
 * @returns {draft is Correction}
 */
export function isCorrection(draft) {
  return draft.of !== null;
}

/** @param {Draft} draft */
export function isCorrected({ add, cut }) {
  return add !== null || cut !== null;
}

/**
 * What the server is asked: segment-anything's names.
 * @param {Pick<Draft, "box" | "points">} draft
 * @returns {Prompt}
 */
export function promptOf({ box, points }) {
  return {
    box,
    point_coords: points.map((p) => [p.x, p.y]),
    point_labels: points.map((p) => p.label),
  };
}

/**
 * Corrected by hand into `mask`: what is new is added for good, what is gone is cut for good.
 * @param {Draft} before
 * @param {Mask | null} mask
 * @returns {Draft}
 */
export function redrawn(before, mask) {
  if (same(mask, before.mask)) return before;
  const added = minus(mask, before.mask);
  const removed = minus(before.mask, mask);
  const add = union(minus(before.add, removed), added);
  const cut = union(minus(before.cut, added), removed);
  return frozen({ ...before, add, cut, mask });
}

/**
 * With the decoder's answer as its base; the corrections by hand stay on top.
 * @param {Draft} before
 * @param {Answer} answer
 * @returns {Draft}
 */
export function answered(before, { mask, iou, version, token, candidates, candidate, steps }) {
  return frozen({
    ...based(before, mask),
    iou: iou ?? null,
    version: version ?? null,
    token: token ?? null,
    candidates: candidates ?? [],
    candidate: candidate ?? 0,
    steps: steps ?? before.steps,
  });
}

/**
 * With another of the decoder's candidates as its base; the last step tells which.
 * @param {Draft} before
 * @param {number} index
 * @returns {Draft}
 */
export function withCandidate(before, index) {
  const chosen = before.candidates[index];
  if (!chosen || index === before.candidate) return before;
  const steps = before.steps.map((step, i) => (i === before.steps.length - 1 ? { ...step, candidate: index } : step));
  return frozen({ ...based(before, chosen.mask), iou: chosen.iou, token: chosen.token, candidate: index, steps });
}

/**
 * For correcting an accepted object.
 * @param {StoredObject} object
 * @returns {Draft}
 */
export function draftOf({ id, revision, mask, version, iou, category }) {
  return frozen({ ...EMPTY, of: Object.freeze({ id, revision }), base: mask, mask, version, iou, category });
}

/**
 * @param {Draft} before
 * @param {Mask | null} base
 * @returns {Draft}
 */
function based(before, base) {
  return { ...before, base, mask: minus(union(base, before.add), before.cut) };
}

/**
 * @param {Draft} values
 * @returns {Draft}
 */
function frozen(values) {
  for (const list of [values.points, values.steps, values.candidates]) Object.freeze(list);
  return Object.freeze(values);
}
