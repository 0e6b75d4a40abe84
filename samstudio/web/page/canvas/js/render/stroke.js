// A brush stroke under the mouse: exactly the pixels that strokeMask will give.
// Only what the stroke grew by is painted in a frame, so a long one is as quick
// as a short one.

import { strokeMask } from "../model/shapes.js";

export class LiveStroke {
  constructor() {
    this.canvas = null;
    this.drawn = null; // {frame, diameter, points, count, color}
  }

  /** The stroke in `color` on a canvas as large as the stage. */
  draw(stroke, frame, image, color) {
    const { points, diameter } = stroke;
    if (!this.continues(stroke, frame, color)) this.start(stroke, frame, color);
    const { drawn } = this;
    if (points.length > drawn.count) {
      const grown = strokeMask(points.slice(Math.max(0, drawn.count - 1)), diameter, image);
      if (grown) this.stamp(grown, frame, color);
      drawn.count = points.length;
      drawn.last = points[points.length - 1];
    }
    return this.canvas;
  }

  // The same stroke, of which no more is known than that it grew: its points may be a new list each time.
  continues({ points, diameter }, frame, color) {
    const { drawn } = this;
    if (!drawn || drawn.color !== color || drawn.diameter !== diameter || points.length < drawn.count) return false;
    if (!same(points[0], drawn.first) || !same(points[drawn.count - 1], drawn.last)) return false;
    const keys = ["sx", "sy", "ox", "oy", "width", "height"];
    return keys.every((key) => drawn.frame[key] === frame[key]);
  }

  start({ points, diameter }, frame, color) {
    this.canvas ??= new OffscreenCanvas(frame.width, frame.height);
    // Setting the size clears it, too.
    Object.assign(this.canvas, { width: frame.width, height: frame.height });
    this.drawn = { frame, color, diameter, count: 0, first: points[0], last: points[0] };
  }

  stamp(mask, frame, color) {
    const context = this.canvas.getContext("2d");
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
function inked({ w, h, bits }, color) {
  const canvas = new OffscreenCanvas(w, h);
  const context = canvas.getContext("2d");
  const image = context.createImageData(w, h);
  const pixels = new Uint32Array(image.data.buffer);
  const value = Number.parseInt(color.slice(1), 16);
  const ink = (255 << 24) | ((value & 255) << 16) | (value & 0xff00) | (value >> 16);
  for (let i = 0; i < pixels.length; i += 1) if (bits[i]) pixels[i] = ink;
  context.putImageData(image, 0, 0);
  return canvas;
}

function same(a, b) {
  return a[0] === b[0] && a[1] === b[1];
}
