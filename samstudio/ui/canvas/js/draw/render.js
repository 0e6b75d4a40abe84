// Draws the scene on three stacked canvases: the picture, the accepted objects,
// and what is being drawn. A layer is drawn again only when it changed, at most
// once a frame.

import { toScreen } from "../model/view.js";
import { levelFor } from "../model/picture.js";
import { outline, tinted } from "../model/masks.js";

export const POSITIVE = "#16a34a";
export const NEGATIVE = "#dc2626";
const HANDLE = 4;

export class Renderer {
  /** `canvases`: {picture, objects, draft}; `scene()` gives what to draw. */
  constructor(canvases, scene) {
    this.canvases = canvases;
    this.scene = scene;
    this.dirty = new Set();
    this.ratio = { x: 1, y: 1 };
    this.onPaint = null; // tells benchmarks when a frame was drawn
  }

  /** The stage is `css` pixels large, `device` pixels on the screen. */
  resize(css, device) {
    for (const canvas of Object.values(this.canvases)) {
      canvas.width = device.width;
      canvas.height = device.height;
    }
    this.ratio = { x: device.width / css.width, y: device.height / css.height };
    this.invalidate("picture", "objects", "draft");
  }

  invalidate(...layers) {
    if (this.dirty.size === 0) requestAnimationFrame(() => this.paint());
    for (const layer of layers) this.dirty.add(layer);
  }

  paint() {
    const layers = [...this.dirty];
    this.dirty.clear();
    const scene = this.scene();
    for (const layer of layers) {
      const context = this.canvases[layer].getContext("2d");
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, context.canvas.width, context.canvas.height);
      if (scene.image) this[layer](context, scene);
    }
    this.onPaint?.(layers);
  }

  // Coordinates of the image from here on.
  inImage(context, { view }) {
    const { x, y } = this.ratio;
    context.setTransform(view.scale * x, 0, 0, view.scale * y, view.x * x, view.y * y);
    context.imageSmoothingEnabled = view.scale * x < 1;
    context.imageSmoothingQuality = "low";
  }

  // CSS pixels of the stage from here on.
  onScreen(context) {
    context.setTransform(this.ratio.x, 0, 0, this.ratio.y, 0, 0);
  }

  picture(context, scene) {
    this.inImage(context, scene);
    const { width, height } = scene.image;
    if (scene.picture) {
      context.drawImage(levelFor(scene.picture, scene.view.scale * this.ratio.x), 0, 0, width, height);
    } else {
      context.fillStyle = "rgba(128, 128, 128, 0.15)";
      context.fillRect(0, 0, width, height);
    }
  }

  objects(context, scene) {
    for (const object of scene.objects) {
      if (!object.mask || object.hidden) continue;
      const active = object.id === scene.selected || object.id === scene.hovered;
      this.mask(context, scene, object.mask, object.color, active ? 0.6 : 0.38, active);
    }
  }

  draft(context, scene) {
    const { draft } = scene;
    if (draft.mask) this.mask(context, scene, draft.mask, scene.color, 0.5, true);
    this.onScreen(context);
    const box = scene.drag ?? draft.box;
    if (box) this.box(context, scene.view, box, Boolean(scene.drag));
    for (const point of draft.points) this.point(context, scene.view, point);
    if (scene.cursor && !scene.drag) this.crosshair(context, scene);
  }

  mask(context, scene, mask, color, opacity, strong) {
    this.inImage(context, scene);
    context.globalAlpha = opacity;
    context.drawImage(tinted(mask, color), mask.x, mask.y);
    context.globalAlpha = 1;
    const pixel = 1 / scene.view.scale;
    context.lineCap = "round";
    if (strong) {
      context.strokeStyle = "rgba(255, 255, 255, 0.9)";
      context.lineWidth = 3.5 * pixel;
      context.stroke(outline(mask));
    }
    context.strokeStyle = color;
    context.lineWidth = 1.5 * pixel;
    context.stroke(outline(mask));
  }

  box(context, view, [x0, y0, x1, y1], dragging) {
    // The box's corner pixels are inside it, so its edge runs round them.
    const [left, top] = toScreen(view, x0, y0);
    const [right, bottom] = toScreen(view, x1 + 1, y1 + 1);
    context.setLineDash([]);
    context.lineWidth = 3;
    context.strokeStyle = "rgba(0, 0, 0, 0.45)";
    context.strokeRect(left, top, right - left, bottom - top);
    context.lineWidth = 1.5;
    context.strokeStyle = "#fff";
    context.setLineDash(dragging ? [6, 4] : []);
    context.strokeRect(left, top, right - left, bottom - top);
    context.setLineDash([]);
    if (dragging) return;
    for (const [x, y] of [[left, top], [right, top], [left, bottom], [right, bottom]]) {
      context.fillStyle = "#fff";
      context.fillRect(x - HANDLE, y - HANDLE, 2 * HANDLE, 2 * HANDLE);
      context.strokeStyle = "rgba(0, 0, 0, 0.55)";
      context.lineWidth = 1;
      context.strokeRect(x - HANDLE, y - HANDLE, 2 * HANDLE, 2 * HANDLE);
    }
  }

  point(context, view, { x, y, label }) {
    const [cx, cy] = toScreen(view, x + 0.5, y + 0.5);
    context.beginPath();
    context.arc(cx, cy, 7, 0, 2 * Math.PI);
    context.fillStyle = label ? POSITIVE : NEGATIVE;
    context.fill();
    context.lineWidth = 2;
    context.strokeStyle = "#fff";
    context.stroke();
    context.beginPath();
    context.moveTo(cx - 3, cy);
    context.lineTo(cx + 3, cy);
    if (label) {
      context.moveTo(cx, cy - 3);
      context.lineTo(cx, cy + 3);
    }
    context.stroke();
  }

  crosshair(context, { cursor, view, image }) {
    const [left, top] = toScreen(view, 0, 0);
    const [right, bottom] = toScreen(view, image.width, image.height);
    context.lineWidth = 1;
    for (const [style, offset] of [["rgba(0, 0, 0, 0.35)", 0.5], ["rgba(255, 255, 255, 0.55)", -0.5]]) {
      context.strokeStyle = style;
      context.beginPath();
      context.moveTo(left, cursor.y + offset);
      context.lineTo(right, cursor.y + offset);
      context.moveTo(cursor.x + offset, top);
      context.lineTo(cursor.x + offset, bottom);
      context.stroke();
    }
  }
}
