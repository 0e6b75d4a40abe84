// A mask's outline as points that can be moved, added and removed: its exact contours, and which points of
// them stand for the rest. Outlines are immutable. An edge becomes the straight line that is drawn for it only
// when one of its ends moves; every other pixel of the mask stays. No image's view and no drawing here.

import { around } from "./bits.js";
import { contoursOf } from "./contours.js";
import { known, maskOf, within } from "./mask.js";
import { crossings } from "./scanline.js";
import { frameOf } from "./shapes.js";
import { nearestOn, simplified } from "./simplify.js";

/** @import { Frame, Mask, Outline, OutlineEdit, OutlineLoop, OutlinePlace, Point, Size } from "../../types.d.ts" */

/**
 * @param {Mask} mask
 * @param {number} tolerance image pixels by which the drawn edges may miss the contour
 * @returns {Outline}
 */
export function outlineOf(mask, tolerance) {
  const loops = contoursOf(mask).map((points) => ({ points, vertices: simplified(points, tolerance) }));
  return { mask, tolerance, loops };
}

/** @param {Outline} outline */
export function countPoints({ loops }) {
  return loops.reduce((sum, { vertices }) => sum + vertices.length, 0);
}

/**
 * Where a point of the outline is.
 * @param {Outline} outline
 * @param {OutlinePlace} place
 */
export function pointAt({ loops }, { loop, vertex }) {
  const { points, vertices } = loops[loop];
  return points[vertices[vertex]];
}

/**
 * The outline with a point elsewhere: the edges at both its sides are straight now.
 * @param {Outline} outline
 * @param {OutlinePlace} place
 * @param {Point} to
 * @param {Size} image
 */
export function movedPoint(outline, place, to, image) {
  return replaced(outline, place, [to], image);
}

/**
 * The outline without a point: a straight edge joins its neighbours. A part or a hole of three points goes with one of them.
 * @param {Outline} outline
 * @param {OutlinePlace} place
 * @param {Size} image
 */
export function removedPoint(outline, place, image) {
  return replaced(outline, place, [], image);
}

/**
 * The outline with a point more, on the exact contour of the edge that begins at `place`, where that is nearest to `near`.
 * The mask stays as it is.
 * @param {Outline} outline
 * @param {OutlinePlace} place
 * @param {Point} near
 * @returns {{ outline: Outline, place: OutlinePlace }}
 */
export function addedPoint(outline, { loop, vertex }, near) {
  const { points, vertices } = outline.loops[loop];
  const n = points.length;
  const end = vertices[(vertex + 1) % vertices.length];
  /** @type {{ i: number, point: Point, distance: number }} */
  let best = { i: vertices[vertex], point: points[vertices[vertex]], distance: Infinity };
  for (let i = vertices[vertex]; i !== end; i = (i + 1) % n) {
    const point = nearestOn(near, points[i], points[(i + 1) % n]);
    const distance = Math.hypot(point[0] - near[0], point[1] - near[1]);
    if (distance < best.distance) best = { i, point, distance };
  }
  const after = best.i + 1;
  const moved = vertices.map((at) => (at < after ? at : at + 1));
  const changed = {
    points: [...points.slice(0, after), best.point, ...points.slice(after)],
    vertices: [...moved.slice(0, vertex + 1), after, ...moved.slice(vertex + 1)],
  };
  return { outline: withLoop(outline, loop, [changed]), place: { loop, vertex: vertex + 1 } };
}

/**
 * @param {Outline} outline
 * @param {OutlinePlace} place
 * @param {readonly Point[]} middle what comes between the point's neighbours, in the place of all that is there now
 * @param {Size} image
 * @returns {OutlineEdit}
 */
function replaced(outline, { loop, vertex }, middle, image) {
  const { points, vertices } = outline.loops[loop];
  const n = vertices.length;
  const [before, after] = [vertices[(vertex + n - 1) % n], vertices[(vertex + 1) % n]];
  const gone = between(points, before, after);
  // The loop anew, from the next point round to the one before.
  const stays = between(points, after, before);
  const order = [...vertices.slice(vertex + 1), ...vertices.slice(0, vertex)];
  /** @type {OutlineLoop} */
  const changed = {
    points: [...stays, ...middle],
    vertices: [...order.map((at) => (at - after + points.length) % points.length), ...middle.map((_, i) => stays.length + i)],
  };
  const lost = changed.vertices.length < 3;
  const swept = frameOf(lost ? points : [...gone, ...middle], 0, image);
  return { outline: withLoop(outline, loop, lost ? [] : [changed]), swept };
}

/**
 * The outline of an edit with the mask that follows from it: the old one, but for the pixels that the edges swept.
 * @param {OutlineEdit} edit
 * @returns {Outline}
 */
export function applied({ outline, swept }) {
  return swept ? { ...outline, mask: refilled(outline, swept) } : outline;
}

/**
 * The points from one index to another, both among them, round the end of the list where need be.
 * @param {readonly Point[]} points
 * @param {number} from
 * @param {number} to
 */
function between(points, from, to) {
  return from <= to ? points.slice(from, to + 1) : [...points.slice(from), ...points.slice(0, to + 1)];
}

/**
 * @param {Outline} outline
 * @param {number} loop
 * @param {OutlineLoop[]} changed
 * @returns {Outline}
 */
function withLoop(outline, loop, changed) {
  return { ...outline, loops: outline.loops.flatMap((one, i) => (i === loop ? changed : [one])) };
}

/**
 * The outline's mask with the pixels of `frame` that its loops enclose; null where nothing is left.
 * @param {Outline} outline
 * @param {Frame} frame
 */
function refilled({ loops, mask }, frame) {
  const inner = enclosed(loops, frame);
  if (!mask) return maskOf({ ...frame, bits: inner });
  const whole = around(mask, frame);
  const bits = within(whole, mask);
  for (let row = 0; row < frame.h; row += 1) {
    bits.set(inner.subarray(row * frame.w, (row + 1) * frame.w), (frame.y - whole.y + row) * whole.w + frame.x - whole.x);
  }
  return known(maskOf({ ...whole, bits }), mask);
}

/**
 * The pixels of `frame` whose centre the loops go round clockwise on the screen, taken together, once or more often.
 * So an edge dragged outwards adds and one dragged inwards takes away, whatever other edges it crosses.
 * @param {readonly OutlineLoop[]} loops
 * @param {Frame} frame
 */
function enclosed(loops, frame) {
  const turns = new Int32Array(frame.w * frame.h);
  /**
   * @param {number} i
   * @param {number} sign
   */
  const turn = (i, sign) => void (turns[i] += sign);
  for (const { points } of loops) {
    points.forEach((point, i) => crossings(frame, points[(i || points.length) - 1], point, turn));
  }
  const bits = new Uint8Array(turns.length);
  for (let row = 0, i = 0; row < frame.h; row += 1) {
    for (let x = 0, sum = 0; x < frame.w; x += 1, i += 1) {
      sum += turns[i];
      bits[i] = sum > 0 ? 1 : 0;
    }
  }
  return bits;
}
