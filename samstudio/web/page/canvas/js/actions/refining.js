// What a prompt is sent with, and what comes back: the logits or the mask it builds on, the step it
// is on the way to an object, the masks of the answer. When it is asked is prompting.js's.

import { hasPrompt, promptOf } from "../model/drafts.js";
import { decodeMask, encodeMask } from "../model/masks/mask.js";

/** @import { Box, Draft, Mask, Point, Prediction, Previous, Prompt, WireAnswer } from "../types.d.ts" */

/**
 * When, by performance.now(), a prompt was sent, replied to, its masks unpacked, and shown.
 * @typedef {{ sent: number, replied?: number, decoded?: number, shown?: number }} Marks
 */

/**
 * What the next answer builds on: the last logits (and how they came about, should they be forgotten), or a mask drawn by hand.
 * @param {Draft | null} draft
 * @returns {Promise<Previous | null>}
 */
export async function previous(draft) {
  if (!draft) return null;
  if (draft.token) return { token: draft.token, steps: draft.steps, mask: draft.seed ?? null };
  return byHand(draft) ? { mask: await encodeMask(draft.mask) } : null;
}

/**
 * What an unanswered draft was asked on top of, where it is not remembered: its last answer, unless its box is another one now.
 * @param {Draft} draft
 * @returns {Draft | null}
 */
export function refinedBy(draft) {
  const last = draft.steps.at(-1);
  if (last) return String(last.box) === String(draft.box) ? draft : null;
  return draft.mask && !draft.token ? { ...draft, box: null, points: [] } : null;
}

/**
 * One of the prompts that led to an object; only the first can build on a mask drawn by hand.
 * @param {Draft} draft
 * @param {Previous | null} previous
 * @returns {Prompt}
 */
export function stepOf(draft, previous) {
  return previous?.mask && !previous.token ? { ...promptOf(draft), has_mask_input: true } : promptOf(draft);
}

/**
 * Whether no prompt led to the mask: it was drawn by hand, or is that of an accepted object.
 * @param {Draft} draft
 */
export function byHand(draft) {
  return draft.mask !== null && draft.token === null && !hasPrompt(draft);
}

/**
 * The box of a mask, and of a point: a mask alone says little to the decoder; its box says which object is meant.
 * @param {Mask} mask
 * @param {Point | null} point
 * @returns {Box | null}
 */
export function boxRound({ x, y, w, h }, point) {
  const [px, py] = point ?? [x, y];
  if (w === 1 || h === 1) return null; // a line has no box that the decoder takes
  return Object.freeze(/** @type {const} */ ([Math.min(x, px), Math.min(y, py), Math.max(x + w - 1, px), Math.max(y + h - 1, py)]));
}

/**
 * A reply with its masks unpacked.
 * @param {Prediction} reply
 * @param {Marks} marks
 */
export async function decoded(reply, marks) {
  marks.replied = performance.now();
  const mask = await decodeMask(reply.mask);
  /**
   * @param {WireAnswer} one
   * @param {number} i
   */
  const shown = (one, i) => (i === reply.candidate ? mask : decodeMask(one.mask));
  const candidates = await Promise.all(reply.candidates.map(async (one, i) => ({ ...one, mask: await shown(one, i) })));
  marks.decoded = performance.now();
  return { ...reply, mask, candidates };
}
