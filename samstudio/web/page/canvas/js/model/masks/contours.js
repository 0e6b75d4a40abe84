// A mask's contours along its pixels' edges, in image coordinates: exact. Foreground that touches by a
// corner hangs together. What is drawn with them, or made of them, is not known here.

/** @import { Bits, Mask, Pen, Point } from "../../types.d.ts" */

/**
 * Trace every contour with `pen` (a Path2D is one): closed loops with the foreground at their right
 * hand, so that those round a part run clockwise on the screen, and those round a hole the other way.
 * Every loop has an edge that runs rightwards, along the top of a pixel, and reading order finds its
 * corner first: so loops start at such edges, each walked once. A pen that is `full` ends it before the next loop.
 * @template {Pen} P
 * @param {Mask} mask
 * @param {P} pen
 */
export function traceContours(mask, pen) {
  const [grid, stride] = padded(mask);
  for (let i = stride; i < grid.length && !pen.full; i += 1) {
    if (grid[i] === 1 && grid[i - stride] === 0) loop(pen, grid, stride, i, mask);
  }
  return pen;
}

/**
 * The contours as lists of the corners at which they turn.
 * @param {Mask} mask
 */
export function contoursOf(mask) {
  /** @type {Point[][]} */
  const loops = [];
  /**
   * @param {number} x
   * @param {number} y
   */
  const add = (x, y) => void loops[loops.length - 1].push([x, y]);
  traceContours(mask, { moveTo: (x, y) => void loops.push([[x, y]]), lineTo: add, closePath() {} });
  return loops;
}

const WALKED = 2; // set on a pixel when the edge along its top is walked

/**
 * @param {Pen} pen
 * @param {Bits} grid
 * @param {number} stride
 * @param {number} start
 * @param {Mask} mask
 */
function loop(pen, grid, stride, start, { x, y }) {
  const steps = [1, stride, -1, -stride]; // right, down, left, up
  let direction = 0;
  // A corner is named by the pixel below and right of it.
  let corner = start;
  /**
   * @param {number} i
   * @returns {[x: number, y: number]}
   */
  const put = (i) => [x - 1 + (i % stride), y - 1 + Math.floor(i / stride)];
  pen.moveTo(...put(corner));
  for (;;) {
    if (direction === 0) grid[corner] |= WALKED;
    corner += steps[direction];
    const turn = turnAt(grid, stride, corner, direction);
    direction = (direction + turn) & 3;
    if (corner === start && direction === 0) break;
    if (turn !== 0) pen.lineTo(...put(corner));
  }
  pen.closePath();
}

// Left (-1) where the pixel ahead at the left is foreground, ahead where only the right one is, else right.
/**
 * @param {Bits} grid
 * @param {number} stride
 * @param {number} corner
 * @param {number} direction
 */
function turnAt(grid, stride, corner, direction) {
  const above = corner - stride; // and corner itself below it: the pixels east; one less: those west
  let left = above;
  let right = corner;
  if (direction === 1) [left, right] = [corner, corner - 1];
  else if (direction === 2) [left, right] = [corner - 1, above - 1];
  else if (direction === 3) [left, right] = [above - 1, above];
  if (grid[left]) return -1;
  return grid[right] ? 0 : 1;
}

// The crop with a ring of background, so that no neighbour needs to be checked for being there.
/**
 * @param {Mask} mask
 * @returns {[grid: Bits, stride: number]}
 */
function padded({ w, h, bits }) {
  const stride = w + 2;
  const grid = new Uint8Array(stride * (h + 2));
  for (let row = 0; row < h; row += 1) grid.set(bits.subarray(row * w, (row + 1) * w), (row + 1) * stride + 1);
  return [grid, stride];
}
