// The brush: adds to the mask.

import { paintBrushCircle } from "../render/cursors.js";
import { SIZE, strokeTool } from "./strokes.js";

/** @import { Tool } from "../types.d.ts" */

/** @type {Tool} */
export const brush = {
  id: "brush",
  key: "b",
  label: "Brush",
  icon: "M20 4c-4 1.500-8 5-10 8.500l2.500 2.500C16 13 19 8.500 20 4zM9 13.500c-2 0-3.500 1.500-3.500 3.500 0 1.200-.700 2-1.500 2.500 3.500.800 7-.500 7-3.500",
  cursor: "none", // what is drawn instead shows its size
  paintCursor: paintBrushCircle,
  group: "Correct",
  help: "Brush (right button erases)",
  options: [SIZE],
  make: (app) => strokeTool(app, false),
};
