// What is shown over the picture: its name, what is going on, what went wrong.

import { h, icon } from "./dom.js";

const TOOLS = { prompt: "toolPrompt", brush: "toolBrush", eraser: "toolEraser", polygon: "toolPolygon", select: "toolSelect", pan: "toolPan" };

export function mountStatus({ root, store, session }) {
  const part = (name) => root.querySelector(`[data-${name}]`);
  const stage = part("stage");

  store.on(["image", "images", "total"], ({ image, images, total }) => {
    root.classList.toggle("ss-no-image", !image && images.length === 0);
    const index = images.findIndex((one) => one.id === image?.id);
    part("title").textContent = image ? image.filename : "";
    part("facts").textContent = image ? `${image.width} × ${image.height} · ${index + 1} of ${total}` : "";
  });

  store.on(["view"], ({ view }) => {
    part("scale").textContent = `${Math.round(view.scale * (window.devicePixelRatio || 1) * 100)}%`;
  });

  store.on(["tool", "many", "keyboard"], ({ tool, many, keyboard }) => {
    stage.dataset.tool = tool;
    const pressed = { ...Object.fromEntries(Object.entries(TOOLS).map(([name, command]) => [command, name === tool])), many, keyboard };
    for (const button of root.querySelectorAll("[data-command][aria-pressed]")) {
      button.setAttribute("aria-pressed", String(Boolean(pressed[button.dataset.command])));
    }
  });

  part("brush-size").addEventListener("input", ({ target }) => session.preferences.brush(Number(target.value)));
  store.on(["tool", "brush"], ({ tool, brush }) => {
    part("brush").hidden = tool !== "brush" && tool !== "eraser";
    part("brush-size").value = brush;
    part("brush-text").textContent = `${brush} px`;
  });

  store.on(["ready", "thinking", "picture", "image"], ({ image, ready, picture }) => {
    part("preparing").hidden = !image || ready;
    stage.setAttribute("aria-busy", String(Boolean(image) && !picture));
  });

  store.on(["announcement"], ({ announcement }) => {
    part("announcement").textContent = announcement;
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
}
