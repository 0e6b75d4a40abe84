// The tool for prompts: drag a box, take hold of a box that is there, click points.

import { paintCrosshair } from "../render/cursors.js";
import { edgesOf, handlesOf } from "../render/handles.js";
import { boxBetween, onImage, pixelAt, toImage } from "../model/view.js";

/** @import { Box, Command, Gesture, OpenScene, Place, Size, Tool, ToolApp, ToolInHand } from "../types.d.ts" */

const REACH = 8; // CSS pixels from a handle or an edge at which it is taken hold of
/** @type {Record<string, string>} */
const CURSORS = { nw: "nwse-resize", se: "nwse-resize", ne: "nesw-resize", sw: "nesw-resize", n: "ns-resize", s: "ns-resize", e: "ew-resize", w: "ew-resize", move: "move" };

/** @type {Command} */
const candidate = {
  id: "candidate",
  keys: ["c"],
  label: "Next of the masks that a first click allows",
  group: "Prompt",
  run: ({ session }) => session.prompting.nextCandidate(),
};

/** @type {Command} */
const many = {
  id: "many",
  keys: ["m"],
  label: "Several boxes at once",
  also: "Shift+drag",
  icon: "M4 4h9v9H4zM16 8h4v12H8v-4",
  place: "tools",
  group: "Prompt",
  help: "Several boxes, asked together; Shift+drag too",
  pressed: (values) => values.many,
  run: ({ store }) => store.set({ tool: prompt.id, many: !store.get("many") }),
};

/** @type {Command} */
const nextDraft = {
  id: "nextDraft",
  keys: ["n"],
  label: "Next of several masks",
  group: "Prompt",
  run: ({ session }) => session.batching.next(),
};

/** @type {Tool} */
export const prompt = {
  id: "prompt",
  key: "s",
  label: "Box and click",
  icon: "M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 20H5a1 1 0 0 1-1-1v-3M12 9v6M9 12h6",
  cursor: "crosshair",
  paintCursor: paintCrosshair,
  boxHandles: true,
  keepsMany: true,
  group: "Prompt",
  gestures: [
    ["Drag", "Box round an object"],
    ["Left click", "This belongs to the object"],
    ["Right click", "This does not; Shift+click, Alt+click and a long press too"],
  ],
  commands: [candidate, many, nextDraft],
  make,
};

/**
 * @param {ToolApp} app
 * @returns {ToolInHand}
 */
function make({ scene, store, session: { batching, previewing, prompting } }) {
  /** @type {string | null} */
  let hold = null; // the handle, "move", or null for a new box

  /** @param {Box | null} box */
  const drag = (box) => store.set({ drag: box });
  /** @param {Place} place */
  const pixel = ({ x, y }) => pixelAt(scene().view, scene().image, x, y);
  /** @param {Place} place */
  const over = ({ x, y }) => onImage(scene().view, scene().image, x, y);
  /** @param {Gesture} gesture */
  const boxOf = ({ start, point }) => {
    const { draft } = scene();
    return hold && draft.box ? held(hold, draft.box, start, point, scene()) : boxBetween(pixel(start), pixel(point));
  };

  return {
    drags: true,
    down({ start, negative, more }) {
      if (negative && !over(start)) return false;
      hold = negative || more || scene().many ? null : grip(start, scene());
      previewing.hover(null);
      return true;
    },
    move(gesture) {
      if (gesture.moved && !gesture.negative) drag(boxOf(gesture));
    },
    up(gesture) {
      const box = boxOf(gesture);
      // What takes away is always a click, and so is a drag that stays within a pixel.
      const drawn = gesture.moved && !gesture.negative && (box[0] < box[2] || box[1] < box[3]);
      drag(null);
      if (drawn && hold) prompting.reshape(box);
      else if (drawn && (gesture.more || scene().many)) batching.collect(box);
      else if (drawn) prompting.box(box);
      else if (over(gesture.start)) prompting.click(pixel(gesture.start), gesture.negative || gesture.more ? 0 : 1);
      hold = null;
    },
    cancel() {
      hold = null;
      drag(null);
    },
    hover(point) {
      const name = point && !scene().many && grip(point, scene());
      previewing.hover(point && !name && over(point) ? pixel(point) : null);
      return name ? CURSORS[name] : "";
    },
  };
}

// Which part of the draft's box is under a point: a handle, "move" for an edge, or null.
/**
 * @param {Place} place
 * @param {OpenScene} scene
 */
function grip({ x, y }, { draft, view }) {
  if (!draft.box) return null;
  const handle = handlesOf(draft.box, view).find((one) => Math.hypot(one.x - x, one.y - y) <= REACH);
  if (handle) return handle.name;
  const { left, top, right, bottom } = edgesOf(draft.box, view);
  const inside = x >= left - REACH / 2 && x <= right + REACH / 2 && y >= top - REACH / 2 && y <= bottom + REACH / 2;
  const near = Math.min(Math.abs(x - left), Math.abs(x - right), Math.abs(y - top), Math.abs(y - bottom)) <= REACH / 2;
  return inside && near ? "move" : null;
}

// The draft's box with the held part moved as far as the mouse, in whole pixels, inside the image.
/**
 * @param {string} name
 * @param {Box} box
 * @param {Place} start
 * @param {Place} point
 * @param {OpenScene} scene
 */
function held(name, box, start, point, { view, image }) {
  const [ax, ay] = toImage(view, start.x, start.y);
  const [bx, by] = toImage(view, point.x, point.y);
  const [x0, y0, x1, y1] = box;
  const [dx, dy] = [Math.round(bx - ax), Math.round(by - ay)];
  if (name === "move") return moved(box, dx, dy, image);
  /** @param {number} side */
  const x = (side) => clamp(side + dx, 0, image.width - 1);
  /** @param {number} side */
  const y = (side) => clamp(side + dy, 0, image.height - 1);
  const west = name.includes("w") ? x(x0) : x0;
  const east = name.includes("e") ? x(x1) : x1;
  const north = name.includes("n") ? y(y0) : y0;
  const south = name.includes("s") ? y(y1) : y1;
  return boxBetween([west, north], [east, south]);
}

/**
 * @param {Box} box
 * @param {number} dx
 * @param {number} dy
 * @param {Size} image
 * @returns {Box}
 */
function moved([x0, y0, x1, y1], dx, dy, image) {
  const x = clamp(x0 + dx, 0, image.width - 1 - (x1 - x0));
  const y = clamp(y0 + dy, 0, image.height - 1 - (y1 - y0));
  return [x, y, x + x1 - x0, y + y1 - y0];
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}
