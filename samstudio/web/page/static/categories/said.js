// What was done to a category, and to how much; and what would be.

import { number } from "../importing/numbers.js";

/** @import { Category, Run } from "./wire.js" */

/** @param {number} count */
export function counted(count) {
  return count === 1 ? "1 object" : `${number(count)} objects`;
}

/** @param {Category} category */
export function objects({ accepted, proposed, images }) {
  const all = accepted + proposed;
  if (!all) return "no objects";
  const on = images === 1 ? "1 image" : `${number(images)} images`;
  return `${counted(all)} on ${on}`;
}

/** @param {Category} category */
export function byStatus({ accepted, proposed }) {
  return `${number(accepted)} accepted, ${number(proposed)} proposed`;
}

/**
 * @param {Category} before
 * @param {Category} after
 */
export function renamed(before, after) {
  return before.name === after.name ? `“${after.name}” was changed: ${objects(after)}.` : `“${before.name}” is now called “${after.name}”: ${objects(after)}.`;
}

/** @param {Category} category */
export function recoloured(category) {
  return `“${category.name}” has another colour: ${objects(category)}.`;
}

/**
 * @param {Category} category
 * @param {number} place from 1
 */
export function placed({ name }, place) {
  return place <= 9 ? `“${name}” is number ${place} now, key ${place}.` : `“${name}” is number ${number(place)} now.`;
}

/**
 * @param {string} name
 * @param {number} place from 1
 */
export function added(name, place) {
  return place <= 9 ? `“${name}” was added: number ${place}, key ${place}.` : `“${name}” was added: number ${number(place)}.`;
}

/**
 * @param {Category} from
 * @param {Category} into
 * @returns {(run: Run) => string}
 */
export function merged(from, into) {
  return ({ state, objects: moved }) =>
    state === "cancelled" ? `Stopped: ${counted(moved)} of “${from.name}” moved to “${into.name}” so far.` : `“${from.name}” was merged into “${into.name}”: ${counted(moved)} moved.`;
}

/**
 * @param {Category} category
 * @param {"reject" | "leave"} how
 * @returns {(run: Run) => string}
 */
export function deleted({ name }, how) {
  return ({ state, objects: count }) => {
    const done = how === "leave" ? `${counted(count)} kept as “object”` : `${counted(count)} rejected`;
    return state === "cancelled" ? `Stopped: of “${name}”, ${done} so far.` : `“${name}” was deleted: ${done}.`;
  };
}

/** @param {Run} run */
export function takenBack({ kept }) {
  if (!kept) return "It was taken back.";
  return kept === 1 ? "It was taken back, but for 1 object that somebody has changed since." : `It was taken back, but for ${number(kept)} objects that somebody has changed since.`;
}
