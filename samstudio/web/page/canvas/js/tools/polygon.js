// The polygon: one corner a click; a click on the first corner, a double click or Enter closes it.
// Begun with the right button (or Alt) it cuts. Where a person wants that, its sides follow the edges of the picture.

import { closes } from "../render/handles.js";
import { paintAim } from "../render/marks.js";
import { toImage, toScreen } from "../model/view.js";

/** @import { Aim, Command, Gesture, OpenScene, Place, Polygon, Tool, ToolApp, ToolInHand, ToolSwitch, View } from "../types.d.ts" */

const SAME = 4; // CSS pixels between the two clicks of a double click
const DOUBLE = 500; // milliseconds
const REACH = 7; // CSS pixels from the mouse within which a corner goes to a stronger edge

/** @type {Command} */
const snap = {
  id: "snap",
  keys: ["Shift+p"],
  label: "Snap to edges",
  group: "Correct",
  help: "Polygon: its sides follow the edges of the picture, or not",
  run: ({ store, session }) => {
    const here = store.get("tool") === polygon.id;
    store.set({ tool: polygon.id, many: false });
    session.preferences.snap(!here || !store.get("snap"));
  },
};

/** @type {ToolSwitch} */
const SNAPS = { id: "polygon-snap", command: snap, checked: (state) => state.snap };

/** @type {Tool} */
export const polygon = {
  id: "polygon",
  key: "p",
  label: "Polygon",
  icon: "M12 4l8 6-3 9H7l-3-9zM12 4v.010M20 10v.010M17 19v.010M7 19v.010M4 10v.010",
  cursor: "crosshair",
  group: "Correct",
  help: "Polygon (begun with the right button it cuts)",
  gestures: [["Shift held", "Polygon: a straight side where sides snap to edges"]],
  paintMarks: paintAim,
  options: [SNAPS],
  commands: [snap],
  make,
};

/**
 * @param {ToolApp} app
 * @returns {ToolInHand}
 */
function make({ scene, store, session: { polygons } }) {
  let straight = false; // Shift is held
  /** @type {(Place & { time: number }) | null} */
  let last = null; // the last click that did something, and when

  /**
   * Whether this is the second click of a double click: that sets no corner of its own, and begins no polygon.
   * @param {Place} start
   */
  const again = (start) => {
    const before = last;
    last = null;
    return before !== null && performance.now() - before.time < DOUBLE && near(before, start);
  };
  /** @param {Gesture} gesture */
  const click = ({ start, negative, more }) => {
    if (again(start)) return undefined;
    const { polygon: begun, view, snap: snaps } = scene();
    if (begun && !closes(begun, view, start) && near(lastCorner(begun, view), start)) return undefined;
    last = { ...start, time: performance.now() };
    if (begun && closes(begun, view, start)) return polygons.close(more || !snaps);
    return polygons.corner(aimAt(scene(), start, more), negative);
  };
  const follow = () => {
    const { tool, snap: snaps, cursor, image, view } = store.values;
    if (tool === polygon.id && snaps && cursor && image && view) polygons.aim(aimAt(scene(), cursor, straight));
    else polygons.aim(null);
  };
  store.on(["tool", "picture", "snap"], ({ tool, snap: snaps }) => tool === polygon.id && snaps && polygons.prepare());
  store.on(["polygon", "tool", "image", "snap", "view"], follow);

  return {
    down() {
      return true;
    },
    move() {},
    up: (gesture) => polygons.inTurn(() => click(gesture)),
    twice: () => polygons.inTurn(() => scene().polygon && polygons.close(straight || !scene().snap)),
    cancel() {},
    hover(_, more = false) {
      straight = more;
      follow();
    },
  };
}

/**
 * Where a click at a place on the stage leads.
 * @param {OpenScene} scene
 * @param {Place} place
 * @param {boolean} straight
 * @returns {Aim}
 */
function aimAt({ polygon: begun, view, image, snap: snaps }, place, straight) {
  const closing = begun !== null && closes(begun, view, place);
  const [x, y] = toImage(view, place.x, place.y);
  return {
    place: closing ? begun.points[0] : [clamp(x, image.width), clamp(y, image.height)],
    straight: straight || !snaps,
    reach: closing ? 0 : REACH / view.scale,
    coarseness: 1 / view.scale,
  };
}

/**
 * @param {Polygon} polygon
 * @param {View} view
 */
function lastCorner({ points }, view) {
  const [x, y] = toScreen(view, ...points[points.length - 1]);
  return { x, y };
}

/**
 * @param {Place} a
 * @param {Place} b
 */
function near(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y) <= SAME;
}

/**
 * @param {number} value
 * @param {number} size
 */
function clamp(value, size) {
  return Math.max(0, Math.min(size, value));
}
