// Where the cards of a list lie, which of them are in view, and where the keys lead. Pure.

/** @import { Layout } from "./types.d.ts" */

export const GAP = 12;
const FOOT = 46; // below the picture: the name and what is on it
const PAGES = new Set(["PageUp", "PageDown"]);
const MARGIN = 2; // rows that are drawn beyond what is in view

/**
 * @param {number} room the width in pixels that there is
 * @param {number} size how wide a picture should at least be
 * @returns {Layout}
 */
export function layoutOf(room, size) {
  const columns = Math.max(1, Math.floor((room + GAP) / (size + GAP)));
  const width = Math.max(1, (room - GAP * (columns - 1)) / columns);
  return { columns, width, height: Math.round(width * 0.72) + FOOT };
}

/**
 * The height of all rows.
 * @param {Layout} layout
 * @param {number} total
 */
export function heightOf({ columns, height }, total) {
  const rows = Math.ceil(total / columns);
  return Math.max(0, rows * (height + GAP) - GAP);
}

/**
 * @param {Layout} layout
 * @param {number} index
 */
export function placeOf({ columns, width, height }, index) {
  return { x: (index % columns) * (width + GAP), y: Math.floor(index / columns) * (height + GAP) };
}

/**
 * The cards to draw, `first` up to `end`, of a view that begins at `top`.
 * @param {Layout} layout
 * @param {number} total
 * @param {{ top: number, height: number }} view
 */
export function cardsIn({ columns, height }, total, view) {
  const row = height + GAP;
  const first = Math.max(0, Math.floor(view.top / row) - MARGIN) * columns;
  const end = Math.min(total, (Math.ceil((view.top + view.height) / row) + MARGIN) * columns);
  return { first: Math.min(first, Math.max(0, total - 1)), end };
}

/**
 * Where to scroll so that a card is in view.
 * @param {Layout} layout
 * @param {number} index
 * @param {{ top: number, height: number }} view
 */
export function topFor(layout, index, view) {
  const { y } = placeOf(layout, index);
  if (y < view.top) return y;
  return y + layout.height > view.top + view.height ? y + layout.height - view.height : view.top;
}

/**
 * The card that a key leads to; null for other keys.
 * @param {string} key
 * @param {number} index
 * @param {{ columns: number, rows: number, total: number }} grid `rows`: how many are in view
 * @returns {number | null}
 */
export function movedBy(key, index, { columns, rows, total }) {
  /** @type {Record<string, number>} */
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, PageUp: -columns * rows, PageDown: columns * rows };
  if (key === "Home") return 0;
  if (key === "End") return total - 1;
  if (!(key in steps)) return null;
  const to = index + steps[key];
  if (to >= 0 && to < total) return to;
  if (PAGES.has(key)) return to < 0 ? 0 : total - 1;
  // Down from the last row but one leads to the end of a last row that is shorter.
  const lastRow = Math.floor((total - 1) / columns);
  return key === "ArrowDown" && Math.floor(index / columns) < lastRow ? total - 1 : index;
}

/**
 * The rows and columns of the cards that a rectangle touches; null where it touches none.
 * @param {Layout} layout
 * @param {number} total
 * @param {{ left: number, right: number, top: number, bottom: number }} corners in the shelf's pixels
 */
export function blockOf({ columns, width, height }, total, { left, right, top, bottom }) {
  const rows = Math.ceil(total / columns);
  /** @type {(from: number, to: number, size: number, count: number) => [number, number]} */
  const touched = (from, to, size, count) => [
    Math.max(0, Math.ceil((from - size) / (size + GAP))),
    Math.min(count - 1, Math.floor(to / (size + GAP))),
  ];
  const [first, last] = touched(top, bottom, height, rows);
  const [low, high] = touched(left, right, width, columns);
  const none = first > last || low > high || first * columns + low >= total;
  return none ? null : { top: first, bottom: last, left: low, right: high };
}
