// What is drawn over the picture in CSS pixels: boxes and their handles,
// points, a polygon in the making, and what goes with the cursor.

import { toScreen } from "../model/view.js";
import { HANDLE, closes, edgesOf, handlesOf } from "./handles.js";

/** @import { Box, OpenScene, Place, Point, Polygon, PromptPoint, View } from "../types.d.ts" */

export const POSITIVE = "#16a34a";
export const NEGATIVE = "#dc2626";
const DARK = "rgba(0, 0, 0, 0.45)";

/**
 * Every mark of a scene, from below to above.
 * @param {CanvasRenderingContext2D} context
 * @param {OpenScene} scene
 */
export function paintMarks(context, scene) {
  const { view, draft, drag, boxes, polygon, tool } = scene;
  for (const box of boxes ?? []) paintBox(context, view, box, { dashed: true });
  const box = drag ?? draft?.box;
  const handles = !drag && (tool ?? "prompt") === "prompt";
  if (box) paintBox(context, view, box, { dashed: Boolean(drag), handles });
  for (const point of draft?.points ?? []) paintPoint(context, view, point);
  if (polygon?.points.length) paintPolygon(context, scene, polygon);
  if (scene.cursor && !drag) paintCursor(context, scene, scene.cursor);
}

// A line that is seen on any picture: dark and wide below, light and thin above.
/**
 * @param {CanvasRenderingContext2D} context
 * @param {() => void} trace
 * @param {{ light?: string, dash?: number[] }} [style]
 */
function twice(context, trace, { light = "#fff", dash = [] } = {}) {
  context.beginPath();
  trace();
  context.setLineDash([]);
  context.lineWidth = 3;
  context.strokeStyle = DARK;
  context.stroke();
  context.setLineDash(dash);
  context.lineWidth = 1.5;
  context.strokeStyle = light;
  context.stroke();
  context.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {Box} box
 * @param {{ dashed?: boolean, handles?: boolean }} style
 */
function paintBox(context, view, box, { dashed = false, handles = false }) {
  const { left, top, right, bottom } = edgesOf(box, view);
  twice(context, () => context.rect(left, top, right - left, bottom - top), { dash: dashed ? [6, 4] : [] });
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
function paintPolygon(context, { view, cursor }, { points, cut }) {
  const color = cut ? NEGATIVE : POSITIVE;
  const places = points.map((point) => toScreen(view, ...point));
  const closing = closes(points, view, cursor);
  /** @type {Point | null} */
  const end = closing ? places[0] : cursor && [cursor.x, cursor.y];
  twice(context, () => {
    context.moveTo(...places[0]);
    for (const place of places.slice(1)) context.lineTo(...place);
    if (end) context.lineTo(...end);
  });
  for (const [x, y] of places.slice(1)) disc(context, x, y, 3, color);
  disc(context, ...places[0], closing ? 8 : 4.5, color);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {OpenScene} scene
 * @param {Place} cursor
 */
function paintCursor(context, scene, cursor) {
  const { tool, brush, view, keyboard } = scene;
  if (tool === "brush" || tool === "eraser") paintBrush(context, cursor, (brush ?? 1) * view.scale);
  else if ((tool ?? "prompt") === "prompt" || keyboard) paintCrosshair(context, scene, cursor); // the keyboard's cursor has no other
}

/**
 * The brush's edge, as wide as it paints; a small cross where that is too small to be seen.
 * @param {CanvasRenderingContext2D} context
 * @param {Place} cursor
 * @param {number} diameter
 */
function paintBrush(context, { x, y }, diameter) {
  twice(context, () => {
    if (diameter >= 3) {
      context.arc(x, y, diameter / 2, 0, 2 * Math.PI);
      return;
    }
    context.moveTo(x - 5, y);
    context.lineTo(x + 5, y);
    context.moveTo(x, y - 5);
    context.lineTo(x, y + 5);
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {OpenScene} scene
 * @param {Place} cursor
 */
function paintCrosshair(context, { view, image }, cursor) {
  const [left, top] = toScreen(view, 0, 0);
  const [right, bottom] = toScreen(view, image.width, image.height);
  context.lineWidth = 1;
  /** @type {[style: string, offset: number][]} */
  const lines = [["rgba(0, 0, 0, 0.35)", 0.5], ["rgba(255, 255, 255, 0.55)", -0.5]];
  for (const [style, offset] of lines) {
    context.strokeStyle = style;
    context.beginPath();
    context.moveTo(left, cursor.y + offset);
    context.lineTo(right, cursor.y + offset);
    context.moveTo(cursor.x + offset, top);
    context.lineTo(cursor.x + offset, bottom);
    context.stroke();
  }
}
