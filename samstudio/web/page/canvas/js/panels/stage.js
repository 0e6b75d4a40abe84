// The middle of the canvas: the view on the picture, and the tools at work on it.

import { KeyboardCursor } from "../tools/keyboard.js";
import * as map from "../model/view.js";
import { sceneOf } from "./scene.js";

const DRAWN = ["draft", "waiting", "boxes", "polygon", "stroke", "drag", "cursor", "preview", "category", "categories", "tool", "brush", "conflict", "display"];

export function mountStage({ root, store, session, tools: registry }, { Renderer, Pointer }) {
  const element = root.querySelector("[data-stage]");
  const size = { width: 1, height: 1 };
  const canvases = Object.fromEntries(
    ["picture", "objects", "draft"].map((name) => [name, element.querySelector(`canvas[data-layer=${name}]`)]),
  );
  const scene = sceneOf(store, session);
  const renderer = new Renderer(canvases, scene);
  const looking = mountView({ store, element, size, renderer });
  const tools = {}; // what the mouse and the keyboard speak to, by the tool's id
  registry.follow((tool) => {
    tools[tool.id] = tool.make({ scene, store, session, stage: looking });
  });
  const cursor = (point) => store.set({ cursor: point });
  const pointer = new Pointer(element, { scene, tools, actions: { cursor, pan: looking.pan, zoom: looking.zoom } });
  const keyboard = new KeyboardCursor({
    scene,
    tools,
    actions: { cursor, reveal: looking.reveal, on: (on) => store.set({ keyboard: on }), say: (text) => store.set({ announcement: text }) },
  });

  store.on(["view", "image", "picture"], () => renderer.invalidate("picture", "objects", "draft"));
  store.on(["display"], () => renderer.invalidate("picture", "objects"));
  store.on(["objects", "pendingObjects", "flags", "selection", "hovered", "draft"], () => renderer.invalidate("objects"));
  store.on(DRAWN, () => renderer.invalidate("draft"));
  store.on(["tool"], ({ tool }) => {
    element.dataset.tool = tool;
    element.style.setProperty("--ss-cursor", registry.get(tool).cursor ?? "crosshair");
  });
  store.on(["tool", "image"], () => {
    keyboard.release();
    pointer.cancel();
    pointer.hover(store.get("cursor")); // the cursor is the new tool's
  });
  mountSpace(pointer, keyboard, element);
  const cancel = () => pointer.cancel();
  return { ...looking, renderer, keyboard, cancel, scene, toScreen: (x, y) => map.toScreen(store.get("view"), x, y) };
}

// Where the picture lies on the stage, and how large.
function mountView({ store, element, size, renderer }) {
  const setView = (view) => {
    const { image } = store.values;
    if (image && view) store.set({ view: map.keepInSight(view, image, size) });
  };
  const fit = () => setView(store.get("image") && map.fit(store.get("image"), size));
  const zoom = (factor, x = size.width / 2, y = size.height / 2) => setView(map.zoomAt(store.get("view"), factor, x, y));
  const actual = () => {
    const { image, view } = store.values;
    if (image) zoom(1 / (window.devicePixelRatio || 1) / view.scale);
  };
  const toBox = (box) => store.get("image") && setView(map.fitBox(box, size));
  const reveal = (x, y) => setView(map.reveal(store.get("view"), x, y, size));

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

  let shown = null;
  store.on(["image"], ({ image }) => {
    if (image && image.id !== shown) store.set({ view: map.fit(image, size) });
    shown = image?.id ?? null;
  });
  return { fit, zoom, actual, toBox, reveal, pan: (dx, dy) => setView(map.panBy(store.get("view"), dx, dy)) };
}

function isFit(view, image, size) {
  const fitted = map.fit(image, size);
  return Math.abs(fitted.scale - view.scale) < 1e-9 && Math.abs(fitted.x - view.x) < 0.5 && Math.abs(fitted.y - view.y) < 0.5;
}

// Space held turns the mouse into a hand; with the keyboard's cursor on, Space clicks.
function mountSpace(pointer, keyboard, element) {
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
