// The middle of the canvas: the view on the picture, the mouse on it, and the
// words that float over it.

import * as map from "../model/view.js";
import { h, icon } from "./dom.js";
import { SHORTCUTS } from "../tools/keys.js";

export function mountStage({ root, store, session }, { Renderer, Pointer }) {
  const element = root.querySelector("[data-stage]");
  const size = { width: 1, height: 1 };
  const canvases = Object.fromEntries(
    ["picture", "objects", "draft"].map((name) => [name, element.querySelector(`canvas[data-layer=${name}]`)]),
  );
  const scene = () => ({ ...store.values, color: session.categories.color });
  const renderer = new Renderer(canvases, scene);

  const setView = (view) => {
    const { image } = store.values;
    if (image && view) store.set({ view: map.keepInSight(view, image, size) });
  };
  const fit = () => setView(store.get("image") && map.fit(store.get("image"), size));
  const zoom = (factor, x = size.width / 2, y = size.height / 2) => setView(map.zoomAt(store.get("view"), factor, x, y));
  const actual = () => {
    const { image, view } = store.values;
    if (!image) return;
    setView(map.zoomAt(view, 1 / (window.devicePixelRatio || 1) / view.scale, size.width / 2, size.height / 2));
  };

  const pointer = new Pointer(element, {
    scene,
    actions: {
      box: (box) => session.prompting.box(box),
      click: (pixel, label) => session.prompting.click(pixel, label),
      pick: (pixel) => session.objects.pick(pixel),
      pan: (dx, dy) => setView(map.panBy(store.get("view"), dx, dy)),
      zoom,
      drag: (drag) => store.set({ drag }),
      cursor: (cursor) => store.set({ cursor }),
    },
  });

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
  store.on(["view", "image", "picture"], () => renderer.invalidate("picture", "objects", "draft"));
  store.on(["objects", "selected", "hovered"], () => renderer.invalidate("objects"));
  store.on(["draft", "drag", "cursor", "category", "categories"], () => renderer.invalidate("draft"));

  mountWords({ root, store, element });
  mountSpace(pointer, root, element);
  return { fit, zoom, actual, renderer, cancel: () => pointer.cancel(), toScreen: (x, y) => map.toScreen(store.get("view"), x, y) };
}

function isFit(view, image, size) {
  const fitted = map.fit(image, size);
  return Math.abs(fitted.scale - view.scale) < 1e-9 && Math.abs(fitted.x - view.x) < 0.5 && Math.abs(fitted.y - view.y) < 0.5;
}

// Space held turns the mouse into a hand.
function mountSpace(pointer, root, element) {
  const hold = (held) => {
    pointer.space = held;
    element.classList.toggle("ss-grab", held);
  };
  element.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    hold(true);
  });
  window.addEventListener("keyup", (event) => event.key === " " && hold(false));
  window.addEventListener("blur", () => hold(false));
}

function mountWords({ root, store, element }) {
  const part = (name) => root.querySelector(`[data-${name}]`);

  store.on(["image", "images"], ({ image, images }) => {
    root.classList.toggle("ss-no-image", !image && images.length === 0);
    const index = images.findIndex((one) => one.id === image?.id);
    part("title").textContent = image ? image.filename : "";
    part("facts").textContent = image ? `${image.width} × ${image.height} · ${index + 1} of ${store.get("total")}` : "";
  });

  store.on(["view"], ({ view }) => {
    part("scale").textContent = `${Math.round(view.scale * (window.devicePixelRatio || 1) * 100)}%`;
  });

  store.on(["tool"], ({ tool }) => {
    element.dataset.tool = tool;
    const commands = { prompt: "toolPrompt", select: "toolSelect", pan: "toolPan" };
    for (const button of root.querySelectorAll("[data-command^=tool]")) {
      button.setAttribute("aria-pressed", String(button.dataset.command === commands[tool]));
    }
  });

  store.on(["ready", "thinking", "picture", "image"], ({ image, ready, picture }) => {
    part("preparing").hidden = !image || ready;
    element.setAttribute("aria-busy", String(Boolean(image) && !picture));
  });

  store.on(["notice"], ({ notice }) => {
    const box = part("notice");
    box.hidden = !notice;
    if (!notice) return;
    box.dataset.kind = notice.kind;
    box.replaceChildren(
      h("div", {}, notice.text, notice.items ? h("ul", {}, notice.items.map((item) => h("li", {}, item))) : null),
      h("button.ss-icon", { type: "button", "aria-label": "Dismiss", onclick: () => store.set({ notice: null }) }, icon("close")),
    );
  });

  part("shortcuts").replaceChildren(
    ...SHORTCUTS.map(([keys, what]) => h("tr", {}, h("td", {}, h("kbd", {}, keys)), h("td", {}, what))),
  );
}
