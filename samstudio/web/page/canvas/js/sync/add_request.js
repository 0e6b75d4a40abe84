// What the server is asked to store as a new object, and what the browser makes of such a request
// while it is on its way.

import { answered, emptyDraft, redrawn } from "../model/drafts.js";
import { newId } from "../model/ids.js";
import { decodeMask, encodeMask } from "../model/masks/mask.js";
import { typedName } from "./author.js";

/** @import { Draft, Mask, NewObject, OutboxEntry, PendingObject, StoredObject } from "../types.d.ts" */

/**
 * The request that stores a draft; one without a category of its own gets `category`.
 * @param {Draft} draft
 * @param {string} category
 * @returns {Promise<NewObject>}
 */
export async function addRequestOf(draft, category) {
  // Where the decoder found nothing, what is there was drawn by hand alone.
  const proposed = draft.version !== null && draft.base !== null;
  const corrected = proposed && draft.base !== draft.mask;
  return {
    client_id: draft.key ?? newId(),
    category: draft.category ?? category,
    mask: await encodeMask(draft.mask),
    proposed: corrected ? await encodeMask(draft.base) : null,
    prompts: draft.steps,
    version: proposed ? draft.version : null,
    iou: proposed ? draft.iou : null,
    author: typedName(),
  };
}

/** What a new object has of another one. @typedef {Pick<StoredObject, "category">} Like */

/**
 * The request that stores `mask` as a new object like `object`; no decoder proposed it.
 * @param {Like} object
 * @param {Mask | null} mask
 * @returns {Promise<NewObject>}
 */
export async function addRequestLike(object, mask) {
  return {
    client_id: newId(),
    category: object.category,
    mask: await encodeMask(mask),
    proposed: null,
    prompts: [],
    version: null,
    iou: null,
    author: typedName(),
  };
}

/**
 * The draft that a request was made of.
 * @param {NewObject} request
 * @returns {Promise<Draft>}
 */
export async function draftFrom({ client_id: key, category, mask, proposed, prompts, version, iou }) {
  const drawn = await decodeMask(mask);
  const base = proposed ? await decodeMask(proposed) : drawn;
  return redrawn(answered({ ...emptyDraft(), key, category }, { mask: base, iou, version, steps: prompts }), drawn);
}

/**
 * The object that a request will be, to list and draw until the server has stored it.
 * @param {OutboxEntry} entry
 * @param {string} color
 * @returns {Promise<PendingObject>}
 */
export async function pendingObjectOf({ image_id, add }, color) {
  const { client_id, category, version, iou, mask } = add;
  return { id: `unsent-${client_id}`, client_id, image_id, category, color, version, iou, mask: await decodeMask(mask), unsent: true };
}
