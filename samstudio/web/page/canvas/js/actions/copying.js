// Objects made of others: what is sent to store one, and where a duplicate lies.

import { newId } from "../model/ids.js";
import { encodeMask, maskOf } from "../model/masks.js";

/** The request that stores `mask` as a new object like `object`; no decoder proposed it. */
export async function copyOf(object, mask) {
  return {
    client_id: newId(),
    category: object.category,
    mask: await encodeMask(mask),
    proposed: null,
    prompts: [],
    version: null,
    iou: null,
  };
}

/** A copy lies a little beside the original, to be seen. */
export function shifted(mask, image) {
  const by = Math.max(2, Math.round(Math.max(image.width, image.height) / 100));
  const beside = (start, size, whole) => (start + by + size <= whole ? start + by : Math.max(0, start - by));
  const x = beside(mask.x, mask.w, image.width);
  const y = beside(mask.y, mask.h, image.height);
  return maskOf({ x, y, w: mask.w, h: mask.h, bits: mask.bits });
}
