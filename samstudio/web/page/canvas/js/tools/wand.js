// The magic wand: a click takes what hangs together in nearly one colour; a drag sets how nearly.

import { MAX_TOLERANCE } from "../actions/preferences.js";
import { onImage, pixelAt } from "../model/view.js";

/** @import { Gesture, Place, Tool, ToolApp, ToolInHand, ToolSlider } from "../types.d.ts" */

const PER_PIXEL = 0.25; // tolerance by CSS pixel of a drag

/** @type {ToolSlider} */
const TOLERANCE = {
  id: "wand-tolerance",
  label: "Tolerance",
  name: "Tolerance of the wand",
  min: 0,
  max: MAX_TOLERANCE,
  value: ({ tolerance }) => tolerance,
  text: ({ tolerance }) => String(tolerance),
  change: ({ session }, tolerance) => session.preferences.tolerance(tolerance),
  step: ({ store, session }, direction) => session.preferences.tolerance(stepped(store.get("tolerance"), direction)),
};

/** @type {Tool} */
export const wand = {
  id: "wand",
  key: "t",
  label: "Magic wand",
  icon: "M4 20L14.500 9.500M16 3v3M16 11v3M10.500 8.500h3M18.500 8.500h3M12.300 4.800l1.500 1.500M18.200 10.700l1.500 1.500M19.700 4.800l-1.500 1.500",
  cursor: "crosshair",
  group: "Correct",
  help: "Magic wand: a click takes pixels of nearly one colour (right button: cuts)",
  gestures: [["Drag to the right or left", "Magic wand: more or less tolerance"]],
  options: [TOLERANCE],
  make,
};

/**
 * @param {ToolApp} app
 * @returns {ToolInHand}
 */
function make({ scene, store, session: { preferences, wand: magic } }) {
  let before = 0; // the tolerance that a drag began with
  store.on(["tool", "picture"], ({ tool }) => tool === wand.id && magic.prepare());

  /** @param {Place} place */
  const pixel = ({ x, y }) => pixelAt(scene().view, scene().image, x, y);

  return {
    drags: true,
    down({ start }) {
      const { view, image, tolerance } = scene();
      if (!onImage(view, image, start.x, start.y)) return false;
      before = tolerance;
      return true;
    },
    move({ start, point, moved }) {
      if (!moved) return;
      preferences.tolerance(before + PER_PIXEL * (point.x - start.x));
      magic.preview(pixel(start), scene().tolerance);
    },
    up({ start, negative }) {
      magic.take(pixel(start), negative);
    },
    cancel() {
      magic.drop();
    },
    resize: (direction) => preferences.tolerance(stepped(scene().tolerance, direction)),
  };
}

/**
 * One while small, a tenth when large.
 * @param {number} tolerance
 * @param {number} direction
 */
function stepped(tolerance, direction) {
  return tolerance + direction * Math.max(1, Math.round(tolerance / 10));
}
