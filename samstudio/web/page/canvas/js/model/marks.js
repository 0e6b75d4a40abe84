// What is said of images and objects: where they stand, a note, a flag. The rules alone; no DOM and no server.

/** @import { ImageEntry, ImageMarks, ImageState, MarkName, MarkTarget, MarksEntry, ObjectMarks, SaidState, State, StoredObject } from "../types.d.ts" */

/** @typedef {Partial<ImageMarks>} Marks */

/** How long a note may be. */
export const LONGEST_NOTE = 2000;
const UNSEEN = /(?!\t)[\p{Cc}\p{Cs}]/gu;

/** @param {Pick<MarkTarget, "image_id" | "object_id">} target */
export function keyOf({ image_id: image, object_id: object }) {
  return object === null ? `marks/${image}` : `marks/${image}/${object}`;
}

/** @param {ImageEntry} image @returns {MarkTarget} */
export function imageTarget({ id, filename }) {
  return { image_id: id, object_id: null, name: filename };
}

/** @param {StoredObject} object @returns {MarkTarget} */
export function objectTarget({ id, image_id, category }) {
  return { image_id, object_id: id, name: `${category} ${id}` };
}

/**
 * Where an image stands: a person's word, but "nothing here" only while nothing is accepted.
 * @param {SaidState} said
 * @param {number} accepted
 * @returns {ImageState}
 */
export function stateOf(said, accepted) {
  if (said === "done" || (said === "nothing" && !accepted)) return said;
  return accepted ? "in_progress" : "todo";
}

/** @param {ImageState} state */
export function isFinished(state) {
  return state === "done" || state === "nothing";
}

/**
 * What is said of an image: what the server knows, and over it what it does not have yet.
 * @param {Pick<State, "unsentMarks">} state
 * @param {ImageEntry} image
 * @returns {ImageMarks}
 */
export function marksOfImage({ unsentMarks }, image) {
  return { ...image.marks, ...unsentMarks[keyOf(imageTarget(image))]?.values };
}

/**
 * As `marksOfImage`, of an object.
 * @param {Pick<State, "unsentMarks">} state
 * @param {StoredObject} object
 * @returns {ObjectMarks}
 */
export function marksOfObject({ unsentMarks }, object) {
  const { note, flagged } = { ...object.marks, ...unsentMarks[keyOf(objectTarget(object))]?.values };
  return { note, flagged };
}

/**
 * Where an image of the list stands, with what is still on its way to the server.
 * @param {Pick<State, "unsentMarks" | "unsent">} state
 * @param {ImageEntry} image
 */
export function standing(state, image) {
  const onTheWay = state.unsent.filter((one) => one.image_id === image.id).length;
  return stateOf(marksOfImage(state, image).state, image.accepted + onTheWay);
}

/**
 * A note as the server stores it: without space at the ends of its lines, and without what cannot be shown.
 * @param {string} text
 */
export function cleanedNote(text) {
  const lines = text.replace(/\r\n?/g, "\n").split("\n").map((line) => line.replace(UNSEEN, "").trimEnd());
  return lines.join("\n").trim();
}

/**
 * What was said before, and what is said now, as one; compared with the oldest that was seen.
 * @param {MarksEntry | undefined} before
 * @param {MarksEntry} now
 * @returns {MarksEntry}
 */
export function merged(before, now) {
  if (!before) return now;
  return { ...now, values: { ...before.values, ...now.values }, seen: { ...now.seen, ...before.seen }, sent: before.sent };
}

/**
 * What is left to be said where the server has `theirs` now; null where that is nothing.
 * @param {MarksEntry} entry
 * @param {Marks} theirs
 * @returns {MarksEntry | null}
 */
export function rebased(entry, theirs) {
  const left = pick(entry.values, (name) => entry.values[name] !== theirs[name]);
  if (!namesOf(left).length) return null;
  return { ...entry, values: left, seen: pick(theirs, (name) => name in left), sent: [] };
}

/**
 * Of what did somebody else say something else meanwhile, so that a person has to choose? Not where the server has what this
 * page sent before, and not where my note goes on from theirs: then nothing of it is lost.
 * @param {MarksEntry} entry
 * @param {Marks} theirs
 * @returns {MarkName[]}
 */
export function disputed({ values, seen, sent }, theirs) {
  return namesOf(values).filter((name) => {
    const mine = [values, seen, ...sent].some((one) => name in one && one[name] === theirs[name]);
    const goesOn = name === "note" && Boolean(theirs.note) && String(values.note).startsWith(String(theirs.note));
    return !mine && !goesOn;
  });
}

/**
 * My note under theirs.
 * @param {Marks} mine
 * @param {Marks} theirs
 */
export function bothNotes(mine, theirs) {
  return `${theirs.note}\n${mine.note}`;
}

/**
 * @param {Marks} marks
 * @returns {MarkName[]}
 */
export function namesOf(marks) {
  return /** @type {MarkName[]} */ (Object.keys(marks));
}

/**
 * @param {Marks} marks
 * @param {(name: MarkName) => boolean} wanted
 * @returns {Marks}
 */
export function pick(marks, wanted) {
  return Object.fromEntries(Object.entries(marks).filter(([name]) => wanted(/** @type {MarkName} */ (name))));
}

/**
 * @param {Marks} one
 * @param {Marks} other
 */
export function sameMarks(one, other) {
  return one.state === other.state && one.note === other.note && one.flagged === other.flagged;
}
