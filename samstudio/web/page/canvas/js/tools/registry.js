// The tools of the canvas. Toolbar, keys, the list of keys, the cursor and the panel of options read them from here.
// A tool is one object in one file: see `Tool` in types.d.ts. It is made with {scene, store, session, stage}.

import { Registry } from "../model/registry.js";
import { brush } from "./brush.js";
import { eraser } from "./eraser.js";
import { outline } from "./outline.js";
import { pan } from "./pan.js";
import { polygon } from "./polygon.js";
import { prompt } from "./prompt.js";
import { select } from "./select.js";
import { wand } from "./wand.js";

/** @import { Tool } from "../types.d.ts" */

const TOOLS = [prompt, brush, eraser, polygon, wand, outline, select, pan];

/** @extends {Registry<Tool>} */
export class ToolRegistry extends Registry {
  constructor() {
    super();
    for (const tool of TOOLS) this.register(tool);
  }
}
