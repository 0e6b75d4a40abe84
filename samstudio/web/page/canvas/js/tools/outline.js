// The outline: its points can be dragged, pulled out of an edge, and taken away.

import { addedPoint, countPoints, movedPoint, pointAt, removedPoint } from "../model/masks/outline.js";
import { isStarted } from "../model/drafts.js";
import { MOST_DETAIL, outlineIn } from "../model/outlines.js";
import { onImage, pixelAt, toImage } from "../model/view.js";
import { edgeAt, paintOutline, vertexAt } from "../render/outline_marks.js";

/** @import { Gesture, OpenScene, Outline, OutlinePlace, Point, Tool, ToolApp, ToolInHand, ToolSlider } from "../types.d.ts" */

/** @typedef {{ outline: Outline, place: OutlinePlace, fresh: boolean }} Held A point of an outline; `fresh` when it was just added. */

/** @type {ToolSlider} */
const DETAIL = {
  id: "outline-detail",
  label: "Detail",
  name: "Detail of the outline",
  min: 0,
  max: MOST_DETAIL,
  value: ({ detail }) => detail,
  text: (state) => {
    const outline = outlineIn(state);
    return outline ? `${countPoints(outline)} points` : "";
  },
  change: ({ session }, detail) => session.preferences.detail(detail),
  step: ({ store, session }, direction) => session.preferences.detail(store.get("detail") + direction),
};

/** @type {Tool} */
export const outline = {
  id: "outline",
  key: "j",
  label: "Outline points",
  icon: "M6 6l12 3-2 9-9-1zM6 4.500a1.500 1.500 0 1 1 0 3 1.500 1.500 0 0 1 0-3zM18 7.500a1.500 1.500 0 1 1 0 3 1.500 1.500 0 0 1 0-3zM16 16.500a1.500 1.500 0 1 1 0 3 1.500 1.500 0 0 1 0-3zM7 15.500a1.500 1.500 0 1 1 0 3 1.500 1.500 0 0 1 0-3z",
  cursor: "default",
  group: "Correct",
  help: "Outline points: drag one, or an edge to add one; right click takes one away",
  paintMarks,
  options: [DETAIL],
  make,
};

/**
 * @param {CanvasRenderingContext2D} context
 * @param {OpenScene} scene
 */
function paintMarks(context, scene) {
  const shown = scene.heldOutline ?? outlineIn(scene);
  if (shown) paintOutline(context, shown, scene.view, scene.cursor && vertexAt(shown, scene.view, scene.cursor));
}

/**
 * @param {ToolApp} app
 * @returns {ToolInHand}
 */
function make({ scene, store, session: { outlining, preferences, selecting } }) {
  /** @type {Held | null} */
  let held = null;

  /**
   * The held point's new place: moved as far as the mouse, inside the image.
   * @param {Held} one
   * @param {Gesture} gesture
   */
  const dragged = ({ outline: from, place }, { start, point }) => {
    const { view, image } = scene();
    const [[ax, ay], [bx, by]] = [toImage(view, start.x, start.y), toImage(view, point.x, point.y)];
    const [x, y] = pointAt(from, place);
    /** @type {Point} */
    const to = [clamp(x + bx - ax, image.width), clamp(y + by - ay, image.height)];
    return movedPoint(from, place, to, image);
  };
  const drop = () => {
    held = null;
    outlining.hold(null);
  };
  /** @param {Gesture} gesture */
  const pick = ({ start, more }) => {
    const { view, image, draft } = scene();
    if (!isStarted(draft) && onImage(view, image, start.x, start.y)) selecting.pick(pixelAt(view, image, start.x, start.y), { more });
  };
  /**
   * @param {Held} one
   * @param {Gesture} gesture
   */
  const finish = (one, gesture) => {
    if (gesture.moved && !gesture.negative) outlining.apply(dragged(one, gesture));
    else if (gesture.moved) drop();
    else if (gesture.negative && !one.fresh) outlining.apply(removedPoint(one.outline, one.place, scene().image));
    else if (one.fresh) outlining.apply({ outline: one.outline, swept: null });
  };

  return {
    drags: true,
    down({ start, negative }) {
      held = scene().thinking ? null : grip(scene(), start, negative);
      return true;
    },
    move(gesture) {
      if (held && gesture.moved && !gesture.negative) outlining.hold(dragged(held, gesture).outline);
    },
    up(gesture) {
      if (held) finish(held, gesture);
      else if (!gesture.moved && !gesture.negative) pick(gesture);
      drop();
    },
    cancel: drop,
    resize: (direction) => preferences.detail(store.get("detail") + direction),
    hover(place) {
      const now = place && outlineIn(scene());
      if (!now) return "";
      if (vertexAt(now, scene().view, place)) return "move";
      return edgeAt(now, scene().view, place) ? "copy" : "";
    },
  };
}

/**
 * The point under a place on the stage, or a new one where an edge is.
 * @param {OpenScene} scene
 * @param {{ x: number, y: number }} place
 * @param {boolean} negative
 * @returns {Held | null}
 */
function grip(scene, place, negative) {
  const from = outlineIn(scene);
  const vertex = from && vertexAt(from, scene.view, place);
  if (vertex) return { outline: from, place: vertex, fresh: false };
  const edge = from && !negative && edgeAt(from, scene.view, place);
  return edge ? { ...addedPoint(from, edge, toImage(scene.view, place.x, place.y)), fresh: true } : null;
}

/**
 * @param {number} value
 * @param {number} size
 */
function clamp(value, size) {
  return Math.max(0, Math.min(size, value));
}
