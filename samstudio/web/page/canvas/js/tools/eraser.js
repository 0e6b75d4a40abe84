// The eraser: takes away from the mask.

import { paintBrushCircle } from "../render/cursors.js";
import { SIZE, strokeTool } from "./strokes.js";

/** @import { App, Command, Tool } from "../types.d.ts" */

/**
 * The slider of the chosen tool, or the brush's size, a step up or down.
 * @param {App} app
 * @param {1 | -1} direction
 */
function step(app, direction) {
  const sliders = (app.tools.get(app.store.get("tool"))?.options ?? []).filter((option) => "step" in option);
  (sliders[0] ?? SIZE).step(app, direction);
}

/** @type {Command} */
const smaller = {
  id: "smaller",
  keys: ["["],
  label: "Smaller brush",
  group: "Correct",
  help: "Size of the brush, detail of the outline, tolerance of the wand; Shift+wheel too",
  helpWith: ["larger"],
  run: (app) => step(app, -1),
};

/** @type {Command} */
const larger = { id: "larger", keys: ["]"], label: "Larger brush", run: (app) => step(app, 1) };

/** @type {Tool} */
export const eraser = {
  id: "eraser",
  key: "e",
  label: "Eraser",
  icon: "M8.500 19L4 14.500a1.400 1.400 0 0 1 0-2L12.500 4a1.400 1.400 0 0 1 2 0L20 9.500a1.400 1.400 0 0 1 0 2L12.500 19zM8.500 8L16 15.500M8.500 19H20",
  cursor: "none", // what is drawn instead shows its size
  paintCursor: paintBrushCircle,
  group: "Correct",
  options: [SIZE],
  commands: [smaller, larger], // of the brush too
  make: (app) => strokeTool(app, true),
};
