// The brush and the eraser: a stroke of discs along the mouse's way, drawn live and handed over whole.

import { toImage } from "../model/view.js";

/** `actions`: stroking({points, diameter, erase}|null), stroke(points, diameter, erase), resize(direction). */
export function brushTool({ scene, actions, erase }) {
  let stroke = null;
  const point = ({ x, y }) => toImage(scene().view, x, y);

  return {
    down({ start, negative }) {
      // The right button does the opposite, so that a slip is mended without changing tools.
      stroke = { points: [point(start)], diameter: scene().brush, erase: erase !== negative };
      actions.stroking({ ...stroke });
      return true;
    },
    move({ path }) {
      if (!stroke) return;
      stroke.points.push(...path.map(point));
      actions.stroking({ ...stroke });
    },
    up() {
      const done = stroke;
      stroke = null;
      actions.stroking(null);
      if (done) actions.stroke(done.points, done.diameter, done.erase);
    },
    cancel() {
      stroke = null;
      actions.stroking(null);
    },
    hover() {
      return "none";
    },
    resize: actions.resize,
  };
}
