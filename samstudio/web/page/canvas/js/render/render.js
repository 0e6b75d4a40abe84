// Draws the scene on three stacked canvases: the picture, the accepted objects,
// and what is being drawn. A layer is drawn again only when it changed, at most
// once a frame. What each layer holds is here; how it is painted is in the
// modules beside this one.

import { context2d } from "../model/context.js";
import { levelFor } from "../model/picture.js";
import { PictureFilter } from "./filter.js";
import { activeItems, draftFill, draftItems, floatingItems, restingItems } from "./items.js";
import { CachedLayer } from "./layer.js";
import { paintMarks } from "./marks.js";
import { making } from "./mask_paint.js";
import { LiveStroke } from "./stroke.js";

/** @import { CanvasFrame, LayerName, Mask, OpenScene, Scene, Size, Stroke } from "../types.d.ts" */

/** @type {readonly LayerName[]} */
const LAYERS = ["picture", "objects", "draft"];
const LARGE = 500_000; // pixels of a crop, from which on its copies take more than a part of a frame

export class Renderer {
  /**
   * `scene()` gives what to draw.
   * @param {Record<LayerName, HTMLCanvasElement>} canvases
   * @param {() => Scene} scene
   */
  constructor(canvases, scene) {
    this.canvases = canvases;
    this.scene = scene;
    /** @type {Set<LayerName>} */
    this.dirty = new Set();
    /** @type {Map<LayerName, ReturnType<typeof setTimeout>>} */
    this.waits = new Map(); // layer → timer: what it shows is not true yet
    this.ratio = { x: 1, y: 1 };
    this.filter = new PictureFilter(canvases.picture);
    this.stroke = new LiveStroke();
    this.kept = { resting: new CachedLayer(), active: new CachedLayer(), draft: new CachedLayer(), floating: new CachedLayer() };
    /** @type {((layers: LayerName[]) => void) | null} */
    this.onPaint = null; // tells benchmarks when a frame was drawn
    /** @type {(() => void)[]} */
    this.onSettled = [];
  }

  /**
   * The stage is `css` pixels large, `device` pixels on the screen.
   * @param {Size} css
   * @param {Size} device
   */
  resize(css, device) {
    for (const canvas of Object.values(this.canvases)) {
      canvas.width = device.width;
      canvas.height = device.height;
    }
    this.ratio = { x: device.width / css.width, y: device.height / css.height };
    // Setting a canvas's size empties it, and a frame may be shown before the next one is asked for.
    for (const layer of LAYERS) this.dirty.add(layer);
    this.paint();
  }

  /** @param {...LayerName} layers */
  invalidate(...layers) {
    if (this.dirty.size === 0) requestAnimationFrame(() => this.paint());
    for (const layer of layers) this.dirty.add(layer);
  }

  /**
   * Make what drawing a large mask needs in slices, so that the frame that shows it first is no long one.
   * @param {Mask} mask
   */
  async prepare(mask) {
    const scene = this.scene();
    if (mask.w * mask.h < LARGE || !isOpen(scene)) return;
    const copies = making(mask, scene.color, this.frame(scene, this.canvases.draft));
    while (!copies.next().done) await new Promise((resume) => void setTimeout(resume));
  }

  paint() {
    const layers = [...this.dirty];
    this.dirty.clear();
    if (!layers.length) return;
    const scene = this.scene();
    for (const layer of layers) {
      const context = context2d(this.canvases[layer]);
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, context.canvas.width, context.canvas.height);
      const wait = isOpen(scene) ? this[layer](context, scene, this.frame(scene, context.canvas)) : 0;
      this.again(layer, wait);
    }
    this.onPaint?.(layers);
    if (this.settled) for (const done of this.onSettled.splice(0)) done();
  }

  /**
   * @param {LayerName} layer
   * @param {number} wait
   */
  again(layer, wait) {
    clearTimeout(this.waits.get(layer));
    if (!wait) this.waits.delete(layer);
    else this.waits.set(layer, setTimeout(() => this.invalidate(layer), wait));
  }

  /** Whether every layer shows what drawing it afresh would give. */
  get settled() {
    return this.dirty.size === 0 && this.waits.size === 0;
  }

  /** Resolves when that is so. */
  whenSettled() {
    return this.settled ? Promise.resolve() : new Promise((done) => void this.onSettled.push(() => done(undefined)));
  }

  /**
   * Where the image lies on a canvas, in device pixels.
   * @param {OpenScene} scene
   * @param {Size} canvas
   * @returns {CanvasFrame}
   */
  frame({ view }, { width, height }) {
    const { x, y } = this.ratio;
    return { sx: view.scale * x, sy: view.scale * y, ox: view.x * x, oy: view.y * y, width, height, pixel: x };
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {OpenScene} scene
   * @param {CanvasFrame} frame
   */
  picture(context, { image, picture, display }, { sx, sy, ox, oy }) {
    this.filter.apply(display);
    context.setTransform(sx, 0, 0, sy, ox, oy);
    if (!picture) {
      context.fillStyle = "rgba(128, 128, 128, 0.15)";
      context.fillRect(0, 0, image.width, image.height);
      return 0;
    }
    context.imageSmoothingEnabled = sx < 1;
    context.imageSmoothingQuality = "low";
    context.drawImage(levelFor(picture, sx), 0, 0, image.width, image.height);
    return 0;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {OpenScene} scene
   * @param {CanvasFrame} frame
   */
  objects(context, scene, frame) {
    const resting = this.kept.resting.draw(context, restingItems(scene), frame);
    const active = this.kept.active.draw(context, activeItems(scene), frame);
    return soonest(resting, active);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {OpenScene} scene
   * @param {CanvasFrame} frame
   */
  draft(context, scene, frame) {
    const draft = this.kept.draft.draw(context, draftItems(scene), frame);
    if (scene.stroke?.points.length) this.liveStroke(context, scene, scene.stroke, frame);
    else this.stroke.end();
    const floating = this.kept.floating.draw(context, floatingItems(scene), frame);
    context.setTransform(this.ratio.x, 0, 0, this.ratio.y, 0, 0);
    paintMarks(context, scene);
    return soonest(draft, floating);
  }

  /**
   * An eraser takes the draft's paint away; a brush puts its own in the place of it, so that nothing is painted twice.
   * @param {CanvasRenderingContext2D} context
   * @param {OpenScene} scene
   * @param {Stroke} stroke
   * @param {CanvasFrame} frame
   */
  liveStroke(context, scene, stroke, frame) {
    const canvas = this.stroke.draw(stroke, frame, scene.image, scene.color);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalCompositeOperation = "destination-out";
    context.drawImage(canvas, 0, 0);
    context.globalCompositeOperation = "source-over";
    if (stroke.erase) return;
    context.globalAlpha = Math.max(0.2, draftFill(scene));
    context.drawImage(canvas, 0, 0);
    context.globalAlpha = 1;
  }
}

/**
 * Whether there is a picture, and a view of it.
 * @param {Scene} scene
 * @returns {scene is OpenScene}
 */
function isOpen(scene) {
  return Boolean(scene.image && scene.view);
}

// The earlier of two waits, of which 0 is none.
/**
 * @param {number} a
 * @param {number} b
 */
function soonest(a, b) {
  return a && b ? Math.min(a, b) : a || b;
}
