// What an action on many images did, in words.

import { h } from "../../canvas/panels/dom.js";

/** @import { Run } from "./select_types.d.ts" */

/** @type {Readonly<Record<string, string>>} */
const DONE = {
  accept: "Accepted", reject: "Rejected", flag: "Flagged", unflag: "Flag removed", encode: "Encoded",
  delete: "Moved to the trash", restore: "Restored", erase: "Deleted for good",
};
/** @type {Readonly<Record<string, Readonly<Record<string, string>>>>} */
const SET = {
  state: { done: "Marked as done", nothing: "Marked as nothing here", todo: "Marked as to do" },
  split: { train: "Fixed for training", val: "Fixed for validation", test: "Put into the test set", "": "Taken out of their splits" },
  group: { "": "Taken out of their groups" },
  note: { "": "Note removed" },
};
/** @type {Readonly<Record<string, string>>} */
const NAMED = { category: "Category", tag: "Tag added", untag: "Tag removed", group: "Group", note: "Note" };

/**
 * Whether it was done to categories: what it gives is their names, and there may be no image to count.
 * @param {Run} run
 */
function isOfCategories({ action }) {
  return /_categor(y|ies)$/.test(action);
}

/**
 * What is being done: its words, and what it gives.
 * @param {Run} run
 */
export function beingDone(run) {
  const { action, label, value } = run;
  return h("strong", {}, h("span", {}, label), " ", action in NAMED || isOfCategories(run) ? h("span", { translate: "no" }, value) : null);
}

/**
 * What was done: its words, and the name that it gave; what was to be done where nothing was.
 * @param {Run} run
 */
export function titleOf(run) {
  const { action, value, images } = run;
  if (!images || isOfCategories(run)) return beingDone(run);
  const title = DONE[action] ?? SET[action]?.[value];
  if (title !== undefined) return h("strong", {}, title);
  return h("strong", {}, h("span", {}, NAMED[action] ?? action), " ", h("span", { translate: "no" }, value));
}

/**
 * The lines on how a run ended.
 * @param {Run} run
 */
export function outcomeOf(run) {
  const { state, problem, kept, counts, left } = run;
  if (state === "undone") return [h("span", {}, "Undone."), kept ? keptLine(kept, counts) : null];
  return [
    problem ? h("span", {}, "It stopped: ", h("span", {}, problem)) : null,
    h("span", {}, changed(run)),
    state === "cancelled" ? h("span", {}, `Cancelled after ${far(run)}`) : null,
    kept ? keptLine(kept, counts) : null,
    ...left.map(({ reason, images }) => h("span.ss-quiet", {}, h("span", {}, `${imagesOf(images)} unchanged`), ": ", h("span", {}, reason))),
  ];
}

/**
 * How far a run, or its undoing, is.
 * @param {Run} run
 */
export function far({ state, done, total, undone }) {
  return state === "undoing" ? `Undoing: ${number(undone)} of ${number(done)} images` : `${number(done)} of ${number(total)} images`;
}

/** @param {number} count */
export function imagesOf(count) {
  return count === 1 ? "1 image" : `${number(count)} images`;
}

/** @param {number} count */
export function objectsOf(count) {
  return count === 1 ? "1 object" : `${number(count)} objects`;
}

/** @param {Run} run */
function changed({ images, objects, counts, can_undo }) {
  if (!images) return can_undo ? "" : "Nothing was changed."; // a change of names or orders has no images to count
  return counts === "objects" ? `${objectsOf(objects)} on ${imagesOf(images)}` : imagesOf(images);
}

/**
 * @param {number} kept
 * @param {Run["counts"]} counts
 */
function keptLine(kept, counts) {
  const objects = counts === "objects";
  if (kept === 1) return h("span.ss-quiet", {}, objects ? "1 object is left as somebody changed it since." : "1 image is left as somebody changed it since.");
  return h("span.ss-quiet", {}, `${objects ? objectsOf(kept) : imagesOf(kept)} are left as somebody changed them since.`);
}

/** @param {number} value */
function number(value) {
  return value.toLocaleString("en");
}
