// What is drawn over the picture in CSS pixels: boxes and their handles,
// points, a polygon in the making, and what goes with the cursor.

import { cornersOf } from "../model/polygons.js";
import { toScreen } from "../model/view.js";
import { paintCrosshair } from "./cursors.js";
import { HANDLE, closes, edgesOf, handlesOf } from "./handles.js";
import { strokeTwice } from "./lines.js";

/** @import { Box, OpenScene, Polygon, PromptPoint, View } from "../types.d.ts" */

export const POSITIVE = "#16a34a";
export const NEGATIVE = "#dc2626";

/**
 * Every mark of a scene, from below to above.
 * @param {CanvasRenderingContext2D} context
 * @param {OpenScene} scene
 */
export function paintMarks(context, scene) {
  const { view, draft, drag, boxes, polygon, chosenTool } = scene;
  for (const box of boxes ?? []) paintBox(context, view, box, { dashed: true });
  const box = drag ?? draft?.box;
  const handles = !drag && chosenTool?.boxHandles;
  if (box) paintBox(context, view, box, { dashed: Boolean(drag), handles });
  for (const point of draft?.points ?? []) paintPoint(context, view, point);
  if (polygon?.points.length) paintPolygon(context, scene, polygon);
  chosenTool?.paintMarks?.(context, scene);
  // The keyboard's cursor is seen with every tool.
  const paintCursor = chosenTool?.paintCursor ?? (scene.keyboard ? paintCrosshair : null);
  if (scene.cursor && !drag) paintCursor?.(context, scene, scene.cursor);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {Box} box
 * @param {{ dashed?: boolean, handles?: boolean }} style
 */
function paintBox(context, view, box, { dashed = false, handles = false }) {
  const { left, top, right, bottom } = edgesOf(box, view);
  strokeTwice(context, () => context.rect(left, top, right - left, bottom - top), { dash: dashed ? [6, 4] : [] });
  if (!handles) return;
  context.fillStyle = "#fff";
  context.strokeStyle = "rgba(0, 0, 0, 0.55)";
  context.lineWidth = 1;
  for (const { x, y } of handlesOf(box, view)) {
    context.fillRect(x - HANDLE, y - HANDLE, 2 * HANDLE, 2 * HANDLE);
    context.strokeRect(x - HANDLE, y - HANDLE, 2 * HANDLE, 2 * HANDLE);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {PromptPoint} point
 */
function paintPoint(context, view, { x, y, label }) {
  const [cx, cy] = toScreen(view, x + 0.5, y + 0.5);
  disc(context, cx, cy, 7, label ? POSITIVE : NEGATIVE);
  context.beginPath();
  context.moveTo(cx - 3, cy);
  context.lineTo(cx + 3, cy);
  if (label) {
    context.moveTo(cx, cy - 3);
    context.lineTo(cx, cy + 3);
  }
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {string} fill
 */
function disc(context, x, y, radius, fill) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = "#fff";
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {OpenScene} scene
 * @param {Polygon} polygon
 */
function paintPolygon(context, { view, cursor, wire }, polygon) {
  const color = polygon.cut ? NEGATIVE : POSITIVE;
  const places = polygon.points.map((point) => toScreen(view, ...point));
  const closing = closes(polygon, view, cursor);
  const straight = closing ? places[0] : cursor && [cursor.x, cursor.y];
  strokeTwice(context, () => {
    context.moveTo(...places[0]);
    for (const place of places.slice(1)) context.lineTo(...place);
    if (wire) for (const point of wire) context.lineTo(...toScreen(view, ...point));
    else if (straight) context.lineTo(straight[0], straight[1]);
  });
  for (const corner of cornersOf(polygon).slice(1)) disc(context, ...places[corner], 3, color);
  disc(context, ...places[0], closing ? 8 : 4.5, color);
}

/**
 * A ring where a click would set a corner, which need not be under the mouse.
 * @param {CanvasRenderingContext2D} context
 * @param {OpenScene} scene
 */
export function paintAim(context, { view, wire }) {
  const end = wire?.at(-1);
  if (!end) return;
  const [x, y] = toScreen(view, ...end);
  strokeTwice(context, () => context.arc(x, y, 5, 0, 2 * Math.PI));
}
