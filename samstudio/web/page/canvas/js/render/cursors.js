// What a tool may have drawn at the cursor, in CSS pixels of the stage: `paintCursor` of a `Tool`.

import { toScreen } from "../model/view.js";
import { strokeTwice } from "./lines.js";

/** @import { OpenScene, Place } from "../types.d.ts" */

/**
 * The brush's edge, as wide as it paints; a small cross where that is too small to be seen.
 * @param {CanvasRenderingContext2D} context
 * @param {OpenScene} scene
 * @param {Place} cursor
 */
export function paintBrushCircle(context, { brush, view }, { x, y }) {
  const diameter = (brush ?? 1) * view.scale;
  strokeTwice(context, () => {
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
 * Lines across the whole image that meet at the cursor.
 * @param {CanvasRenderingContext2D} context
 * @param {OpenScene} scene
 * @param {Place} cursor
 */
export function paintCrosshair(context, { view, image }, cursor) {
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
