// The points of an outline on the stage: where they can be taken hold of, and how they are drawn. In CSS
// pixels: the tool hit-tests with what is drawn.

import { nearestOn } from "../model/masks/simplify.js";
import { toScreen } from "../model/view.js";
import { strokeTwice } from "./lines.js";

/** @import { Outline, OutlineLoop, OutlinePlace, Place, Point, View } from "../types.d.ts" */

const REACH = 9; // CSS pixels from a point at which it is taken hold of
const BESIDE = 7; // and from an edge
const RADIUS = 3.5;

/**
 * The point nearest to a place on the stage, within reach, or null.
 * @param {Outline} outline
 * @param {View} view
 * @param {Place} place
 * @returns {OutlinePlace | null}
 */
export function vertexAt({ loops }, view, { x, y }) {
  /** @type {OutlinePlace | null} */
  let best = null;
  let reach = REACH;
  loops.forEach(({ points, vertices }, loop) => vertices.forEach((at, vertex) => {
    const [sx, sy] = toScreen(view, ...points[at]);
    const distance = Math.hypot(sx - x, sy - y);
    if (distance <= reach) [best, reach] = [{ loop, vertex }, distance];
  }));
  return best;
}

/**
 * The edge nearest to a place on the stage, within reach, by the point at which it begins; or null.
 * @param {Outline} outline
 * @param {View} view
 * @param {Place} place
 * @returns {OutlinePlace | null}
 */
export function edgeAt({ loops }, view, { x, y }) {
  /** @type {OutlinePlace | null} */
  let best = null;
  let reach = BESIDE;
  loops.forEach(({ points, vertices }, loop) => vertices.forEach((at, vertex) => {
    const end = points[vertices[(vertex + 1) % vertices.length]];
    const [nx, ny] = nearestOn([x, y], toScreen(view, ...points[at]), toScreen(view, ...end));
    const distance = Math.hypot(nx - x, ny - y);
    if (distance <= reach) [best, reach] = [{ loop, vertex }, distance];
  }));
  return best;
}

/**
 * Edges as straight lines, points as discs; the one at `hot` is larger.
 * @param {CanvasRenderingContext2D} context
 * @param {Outline} outline
 * @param {View} view
 * @param {OutlinePlace | null} hot
 */
export function paintOutline(context, outline, view, hot) {
  const { width, height } = context.canvas; // device pixels: CSS pixels are no more
  const loops = outline.loops.map((loop) => placesOf(loop, view));
  strokeTwice(context, () => {
    for (const places of loops) {
      context.moveTo(...places[0]);
      for (const place of places.slice(1)) context.lineTo(...place);
      context.closePath();
    }
  });
  context.beginPath();
  loops.forEach((places, loop) => places.forEach(([x, y], vertex) => {
    if (x < 0 || y < 0 || x > width || y > height) return;
    const radius = hot?.loop === loop && hot.vertex === vertex ? RADIUS + 2.5 : RADIUS;
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }));
  context.fillStyle = "#fff";
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = "rgba(15, 23, 42, 0.75)";
  context.stroke();
}

/**
 * @param {OutlineLoop} loop
 * @param {View} view
 * @returns {Point[]}
 */
function placesOf({ points, vertices }, view) {
  return vertices.map((at) => toScreen(view, ...points[at]));
}
