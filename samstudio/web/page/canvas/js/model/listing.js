// Where the open image stands in the list.

/** @import { State } from "../types.d.ts" */

/**
 * Its number, "12 of 340"; empty where it is none of the list, or the part that is shown does not say.
 * @param {State} values
 */
export function numberOf({ image, images, offset, total, stray }) {
  const index = images.findIndex((one) => one.id === image?.id);
  return index < 0 || image?.id === stray ? "" : `${offset + index + 1} of ${total}`;
}
