// Where edges cross the middle of rows of pixels: what filling a closed path with pixels begins with.

/** @import { Frame, Point } from "../../types.d.ts" */

/**
 * Run `each(i, sign)` for every row of `frame` whose middle the edge from a to b crosses: `i` is the first
 * pixel of the row whose centre lies on or right of the crossing; `sign` is 1 where the edge goes up, else -1.
 * @param {Frame} frame
 * @param {Point} a
 * @param {Point} b
 * @param {(i: number, sign: 1 | -1) => void} each
 */
export function crossings(frame, [ax, ay], [bx, by], each) {
  const first = Math.max(0, Math.ceil(Math.min(ay, by) - 0.5) - frame.y);
  const last = Math.min(frame.h, Math.ceil(Math.max(ay, by) - 0.5) - frame.y);
  const sign = ay > by ? 1 : -1;
  for (let row = first; row < last; row += 1) {
    const x = ax + ((frame.y + row + 0.5 - ay) * (bx - ax)) / (by - ay);
    const column = Math.max(0, Math.ceil(x - 0.5) - frame.x);
    if (column < frame.w) each(row * frame.w + column, sign);
  }
}
