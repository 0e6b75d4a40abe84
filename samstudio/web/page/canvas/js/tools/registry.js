// The tools of the canvas. Toolbar, keys, the list of keys, the cursor and the panel of options read them from here.
//
// A tool is one object in one file, {id, key, label, icon, cursor, make} and, where they apply:
//   options         what can be set for it: [{id, label, name, min, max, value(values), text(values), change(app, value)}]
//   keyHint         the keys named with its label, where they are not just `key`
//   group, help     its line in the list of keys (`help` is more than the label)
//   gestures        more lines there, of what the mouse does: [what, means]
//   commands        what else it brings; see commands/registry.js
//
// `make({scene, store, session, stage})` gives what the mouse and the keyboard's cursor speak to:
//   down(gesture)   may refuse by returning false
//   move(gesture), up(gesture), cancel()
//   hover(point), twice(point), resize(direction)   optional; `hover` may return a CSS cursor
//   drags           true where the keyboard's cursor can hold it (B), as the mouse does in a drag
//   pans            true where its drags move the picture

import { Registry } from "../model/registry.js";
import { brush } from "./brush.js";
import { eraser } from "./eraser.js";
import { pan } from "./pan.js";
import { polygon } from "./polygon.js";
import { prompt } from "./prompt.js";
import { select } from "./select.js";

const TOOLS = [prompt, brush, eraser, polygon, select, pan];

export class ToolRegistry extends Registry {
  constructor() {
    super();
    for (const tool of TOOLS) this.register(tool);
  }
}
