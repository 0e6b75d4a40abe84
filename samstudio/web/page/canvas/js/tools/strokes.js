// What the brush and the eraser share: a stroke of discs along the mouse's way, drawn live and handed over whole.

import { MAX_BRUSH, MIN_BRUSH } from "../actions/preferences.js";
import { toImage } from "../model/view.js";

/** @import { Place, Stroke, ToolApp, ToolInHand, ToolSlider } from "../types.d.ts" */

/** @type {ToolSlider} */
export const SIZE = {
  id: "brush-size",
  label: "Size",
  name: "Brush size",
  min: MIN_BRUSH,
  max: MAX_BRUSH,
  value: ({ brush }) => brush,
  text: ({ brush }) => `${brush} px`,
  change: ({ session }, diameter) => session.preferences.brush(diameter),
  step: ({ session }, direction) => session.preferences.resize(direction),
};

/**
 * The tool that draws strokes; with `erase` those of the left button take away.
 * @param {ToolApp} app
 * @param {boolean} erase
 * @returns {ToolInHand}
 */
export function strokeTool({ scene, store, session: { correcting, preferences } }, erase) {
  /** @type {Stroke | null} */
  let stroke = null;
  /** @param {Place} place */
  const point = ({ x, y }) => toImage(scene().view, x, y);
  const show = () => store.set({ stroke: stroke && { ...stroke } });

  return {
    drags: true,
    down({ start, negative }) {
      // The right button does the opposite, so that a slip is mended without changing tools.
      stroke = { points: [point(start)], diameter: scene().brush, erase: erase !== negative };
      show();
      return true;
    },
    move({ path }) {
      if (!stroke) return;
      stroke.points.push(...path.map(point));
      show();
    },
    up() {
      const done = stroke;
      stroke = null;
      show();
      if (done) correcting.stroke(done.points, done.diameter, done.erase);
    },
    cancel() {
      stroke = null;
      show();
    },
    resize: (direction) => preferences.resize(direction),
  };
}
