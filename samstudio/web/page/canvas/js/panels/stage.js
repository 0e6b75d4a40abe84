// The middle of the canvas: the view on the picture, and the tools at work on it.

import { Renderer } from "../render/render.js";
import { KeyboardCursor } from "../tools/keyboard.js";
import { Pointer } from "../tools/pointer.js";
import * as map from "../model/view.js";
import { find } from "./dom.js";
import { sceneOf } from "./scene.js";

/** @import { Box, LayerName, Looking, OpenScene, Place, Size, Stage, State, ToolInHand, View, Wired } from "../types.d.ts" */

/** @type {readonly (keyof State)[]} */
const DRAWN = [
  "draft", "waiting", "boxes", "polygon", "stroke", "drag", "cursor", "preview", "category", "categories", "tool", "brush", "conflict", "display",
  "outline", "heldOutline", "wire", "detail", "selection", "objects", "flags",
];

/**
 * @param {Wired} app
 * @returns {Stage}
 */
export function mountStage({ root, store, session, tools: registry }) {
  const element = find(root, "[data-stage]");
  const size = { width: 1, height: 1 };
  /** @param {LayerName} name */
  const layer = (name) => find(element, `canvas[data-layer=${name}]`, HTMLCanvasElement);
  const canvases = { picture: layer("picture"), objects: layer("objects"), draft: layer("draft") };
  const scene = sceneOf({ store, session, tools: registry });
  const renderer = new Renderer(canvases, scene);
  session.core.prepare = (mask) => renderer.prepare(mask);
  const looking = mountView({ store, element, size, renderer });
  /** @type {Partial<Record<string, ToolInHand>>} */
  const tools = {}; // what the mouse and the keyboard speak to, by the tool's id
  registry.follow((tool) => {
    tools[tool.id] = tool.make({ scene: /** @type {() => OpenScene} */ (scene), store, session, stage: looking });
  });
  /** @param {Place | null} point */
  const cursor = (point) => store.set({ cursor: point });
  const pointer = new Pointer(element, { scene, tools, actions: { cursor, pan: looking.pan, zoom: looking.zoom } });
  /** @param {boolean} on */
  const switched = (on) => store.set({ keyboard: on });
  /** @param {string} text */
  const say = (text) => store.set({ announcement: text });
  const keyboard = new KeyboardCursor({
    scene,
    tools,
    actions: { cursor, reveal: looking.reveal, on: switched, say },
  });

  store.on(["view", "image", "picture"], () => renderer.invalidate("picture", "objects", "draft"));
  store.on(["display"], () => renderer.invalidate("picture", "objects"));
  store.on(["objects", "pendingObjects", "flags", "selection", "hovered", "draft"], () => renderer.invalidate("objects"));
  store.on(DRAWN, () => renderer.invalidate("draft"));
  store.on(["peeking"], ({ peeking }) => element.classList.toggle("ss-peeking", peeking));
  store.on(["tool"], ({ tool }) => {
    element.dataset.tool = tool;
    element.style.setProperty("--ss-cursor", registry.get(tool)?.cursor ?? "crosshair");
  });
  store.on(["tool", "image"], () => {
    keyboard.release();
    pointer.cancel();
    pointer.hover(store.get("cursor")); // the cursor is the new tool's
  });
  mountSpace(pointer, keyboard, element);
  const cancel = () => pointer.cancel();
  /**
   * @param {number} x
   * @param {number} y
   */
  const toScreen = (x, y) => map.toScreen(store.get("view") ?? map.view(1, 0, 0), x, y);
  return { ...looking, renderer, keyboard, cancel, scene, toScreen };
}

// Where the picture lies on the stage, and how large.
/**
 * @param {{ store: Wired["store"], element: HTMLElement, size: { width: number, height: number }, renderer: Renderer }} parts
 * @returns {Looking}
 */
function mountView({ store, element, size, renderer }) {
  /** @param {View} view */
  const setView = (view) => {
    const { image } = store.values;
    if (image) store.set({ view: map.keepInSight(view, image, size) });
  };
  /** @param {(view: View) => View} change */
  const changeView = (change) => {
    const { view } = store.values;
    if (view) setView(change(view));
  };
  const fit = () => {
    const { image } = store.values;
    if (image) setView(map.fit(image, size));
  };
  /**
   * @param {number} factor
   * @param {number} [x]
   * @param {number} [y]
   */
  const zoom = (factor, x = size.width / 2, y = size.height / 2) => changeView((view) => map.zoomAt(view, factor, x, y));
  const actual = () => {
    const { view } = store.values;
    if (view) zoom(1 / (window.devicePixelRatio || 1) / view.scale);
  };
  /**
   * @param {number} dx
   * @param {number} dy
   */
  const pan = (dx, dy) => changeView((view) => map.panBy(view, dx, dy));
  /** @param {Box} box */
  const toBox = (box) => setView(map.fitBox(box, size));
  /**
   * @param {number} x
   * @param {number} y
   */
  const reveal = (x, y) => changeView((view) => map.reveal(view, x, y, size));

  new ResizeObserver(([entry]) => {
    const { width, height } = entry.contentRect;
    if (!width || !height) return;
    const before = { ...size };
    Object.assign(size, { width, height });
    const exact = entry.devicePixelContentBoxSize?.[0];
    const ratio = window.devicePixelRatio || 1;
    renderer.resize(size, {
      width: exact?.inlineSize ?? Math.round(width * ratio),
      height: exact?.blockSize ?? Math.round(height * ratio),
    });
    const { image, view } = store.values;
    if (image && view) setView(isFit(view, image, before) ? map.fit(image, size) : map.resized(view, before, size));
    else fit();
  }).observe(element);

  /** @type {State["image"]} */
  let shown = null; // the last one that was open
  store.on(["image"], ({ image, view, keepZoom }) => {
    if (!image) return;
    const kept = keepZoom && shown && view && !isFit(view, shown, size) ? map.carried(view, shown, image, size) : map.fit(image, size);
    if (image.id !== shown?.id) store.set({ view: kept });
    shown = image;
  });
  return { fit, zoom, actual, toBox, reveal, pan };
}

/**
 * @param {View} view
 * @param {Size} image
 * @param {Size} size
 */
function isFit(view, image, size) {
  const fitted = map.fit(image, size);
  return Math.abs(fitted.scale - view.scale) < 1e-9 && Math.abs(fitted.x - view.x) < 0.5 && Math.abs(fitted.y - view.y) < 0.5;
}

// Space held turns the mouse into a hand; with the keyboard's cursor on, Space clicks.
/**
 * @param {Pointer} pointer
 * @param {KeyboardCursor} keyboard
 * @param {HTMLElement} element
 */
function mountSpace(pointer, keyboard, element) {
  /** @param {boolean} held */
  const hold = (held) => {
    pointer.space = held;
    element.classList.toggle("ss-grab", held);
  };
  element.addEventListener("keydown", (event) => {
    if (event.key !== " " || keyboard.on) return;
    event.preventDefault();
    hold(true);
  });
  window.addEventListener("keyup", (event) => event.key === " " && hold(false));
  window.addEventListener("blur", () => hold(false));
}
