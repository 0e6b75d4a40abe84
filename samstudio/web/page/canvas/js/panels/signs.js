// The signs of an image: where it stands, its flag, its note; on a thumbnail and beside the image's name.

import { flagBadge, noteBadge, stateBadge, stateName } from "../../static/states/badges.js";
import { marksOfImage, marksOfObject, standing } from "../model/marks.js";

/** @import { ImageEntry, State } from "../types.d.ts" */

/**
 * Draw the signs of an image into `place`, where they are others now; an image that nobody has begun has none.
 * @param {HTMLElement} place
 * @param {State} values
 * @param {ImageEntry} image
 */
export function signsOf(place, values, image) {
  const { state, note, flagged } = saidOf(values, image);
  const drawn = JSON.stringify([state, note, flagged]);
  if (place.dataset.signs === drawn) return;
  place.dataset.signs = drawn;
  place.replaceChildren(...[note && noteBadge(note), flagged && flagBadge(), state !== "todo" && stateBadge(state)].filter((one) => one instanceof Node));
}

/**
 * The same in words.
 * @param {State} values
 * @param {ImageEntry} image
 * @returns {string[]}
 */
export function spokenOf(values, image) {
  const { state, note, flagged } = saidOf(values, image);
  return [...(state === "done" || state === "nothing" ? [stateName(state)] : []), ...(flagged ? ["needs a second look"] : []), ...(note ? ["has a note"] : [])];
}

/**
 * @param {State} values
 * @param {ImageEntry} image
 */
function saidOf(values, image) {
  const { note, flagged } = marksOfImage(values, image);
  const open = values.opened && values.image?.id === image.id;
  const objectsAre = open ? values.objects.some((one) => marksOfObject(values, one).flagged) : image.flagged && !image.marks.flagged;
  return { state: standing(values, image), note, flagged: flagged || objectsAre };
}
