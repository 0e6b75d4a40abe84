// A brush stroke under the mouse: exactly the pixels that strokeMask will give.
// Only what the stroke grew by is painted in a frame, so a long one is as quick
// as a short one.

import { context2d } from "../model/context.js";
import { strokeMask } from "../model/masks/shapes.js";

/** @import { CanvasFrame, Mask, Point, Size, Stroke } from "../types.d.ts" */

/** @type {readonly (keyof CanvasFrame)[]} */
const FRAME = ["sx", "sy", "ox", "oy", "width", "height"];

/**
 * The stroke on the canvas: its first `count` points, from `first` to `last`.
 * @typedef {{ frame: CanvasFrame, color: string, diameter: number, count: number, first: Point, last: Point }} Drawn
 */

export class LiveStroke {
  constructor() {
    this.canvas = new OffscreenCanvas(1, 1);
    /** @type {Drawn | null} */
    this.drawn = null;
  }

  /**
   * The stroke in `color` on a canvas as large as the stage.
   * @param {Stroke} stroke
   * @param {CanvasFrame} frame
   * @param {Size} image
   * @param {string} color
   */
  draw(stroke, frame, image, color) {
    const { points, diameter } = stroke;
    const drawn = this.continued(stroke, frame, color) ?? this.start(stroke, frame, color);
    if (points.length > drawn.count) {
      const grown = strokeMask(points.slice(Math.max(0, drawn.count - 1)), diameter, image);
      if (grown) this.stamp(grown, frame, color);
      drawn.count = points.length;
      drawn.last = points[points.length - 1];
    }
    return this.canvas;
  }

  /**
   * The same stroke, of which no more is known than that it grew: its points may be a new list each time.
   * @param {Stroke} stroke
   * @param {CanvasFrame} frame
   * @param {string} color
   * @returns {Drawn | null}
   */
  continued({ points, diameter }, frame, color) {
    const { drawn } = this;
    if (!drawn || drawn.color !== color || drawn.diameter !== diameter || points.length < drawn.count) return null;
    if (!same(points[0], drawn.first) || !same(points[drawn.count - 1], drawn.last)) return null;
    return FRAME.every((key) => drawn.frame[key] === frame[key]) ? drawn : null;
  }

  /**
   * @param {Stroke} stroke
   * @param {CanvasFrame} frame
   * @param {string} color
   * @returns {Drawn}
   */
  start({ points, diameter }, frame, color) {
    // Setting the size clears it, too.
    Object.assign(this.canvas, { width: frame.width, height: frame.height });
    this.drawn = { frame, color, diameter, count: 0, first: points[0], last: points[0] };
    return this.drawn;
  }

  /**
   * @param {Mask} mask
   * @param {CanvasFrame} frame
   * @param {string} color
   */
  stamp(mask, frame, color) {
    const context = context2d(this.canvas);
    context.setTransform(frame.sx, 0, 0, frame.sy, frame.ox, frame.oy);
    context.imageSmoothingEnabled = frame.sx < 1;
    context.drawImage(inked(mask, color), mask.x, mask.y);
  }

  /** Forget the stroke: the next one may begin where it began. */
  end() {
    this.drawn = null;
  }
}

// Not from the cache of tints: a stroke has a thousand such pieces, each drawn once.
/**
 * @param {Mask} mask
 * @param {string} color
 */
function inked({ w, h, bits }, color) {
  const canvas = new OffscreenCanvas(w, h);
  const context = context2d(canvas);
  const image = context.createImageData(w, h);
  const pixels = new Uint32Array(image.data.buffer);
  const value = Number.parseInt(color.slice(1), 16);
  const ink = (255 << 24) | ((value & 255) << 16) | (value & 0xff00) | (value >> 16);
  for (let i = 0; i < pixels.length; i += 1) if (bits[i]) pixels[i] = ink;
  context.putImageData(image, 0, 0);
  return canvas;
}

/**
 * @param {Point} a
 * @param {Point} b
 */
function same(a, b) {
  return a[0] === b[0] && a[1] === b[1];
}
