// The numbers of images that lie between two cards, or within a rectangle of cards: by what is known of the list, else by the server.

/** @import { ImageList } from "./image_list.js" */
/** @import { Call } from "./types.d.ts" */

/** A card: where it was in the list, and its image's id where that is known. */
/** @typedef {{ index: number, id: string | undefined }} Place */
/** Rows and columns of cards, both ends included. */
/** @typedef {{ top: number, bottom: number, left: number, right: number }} Block */

/**
 * @param {ImageList} list
 * @param {number} index
 * @returns {Place}
 */
export function placeIn(list, index) {
  return { index, id: list.at(index)?.id };
}

/**
 * The numbers of the images from one place to another, both included.
 * @param {Call} call
 * @param {ImageList} list
 * @param {Place} one
 * @param {Place} other
 * @returns {Promise<number[]>}
 */
export async function between(call, list, one, other) {
  // Where the list has changed since, the image counts and not the place.
  const moved = [one, other].some(({ index, id }) => id !== undefined && list.at(index)?.id !== id);
  const known = moved ? null : knownFrom(list, Math.min(one.index, other.index), Math.max(one.index, other.index));
  if (known) return known;
  const { numbers } = await call("selection_between", { query: list.query, from: one.id ?? one.index, to: other.id ?? other.index });
  return numbers;
}

/**
 * The numbers of the images in a block of cards.
 * @param {Call} call
 * @param {ImageList} list
 * @param {number} columns
 * @param {Block} block
 * @returns {Promise<number[]>}
 */
export async function inBlock(call, list, columns, block) {
  const indexes = indexesIn(block, columns, list.total);
  const cards = indexes.map((index) => list.at(index));
  if (cards.every((card) => card !== undefined)) return cards.map(({ number }) => number);
  const [first, last] = [indexes[0], indexes[indexes.length - 1]];
  const { numbers } = await call("selection_between", { query: list.query, from: first, to: last });
  return indexes.map((index) => numbers[index - first]).filter((number) => number !== undefined);
}

/**
 * The places of the cards in a block, in order.
 * @param {Block} block
 * @param {number} columns
 * @param {number} total
 */
export function indexesIn({ top, bottom, left, right }, columns, total) {
  /** @type {number[]} */
  const found = [];
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) if (row * columns + column < total) found.push(row * columns + column);
  }
  return found;
}

/**
 * @param {ImageList} list
 * @param {number} first
 * @param {number} last
 */
function knownFrom(list, first, last) {
  /** @type {number[]} */
  const found = [];
  for (let index = first; index <= last; index++) {
    const card = list.at(index);
    if (!card) return null;
    found.push(card.number);
  }
  return found;
}
