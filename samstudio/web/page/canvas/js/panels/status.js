// What is shown over the picture: its name, what is going on, what went wrong.

import { h, icon, partsOf } from "./dom.js";

/** @import { App } from "../types.d.ts" */

/** @param {App} app */
export function mountStatus({ root, store }) {
  const part = partsOf(root);
  const stage = part("stage");

  store.on(["image", "images", "offset", "total"], ({ image, images, offset, total }) => {
    root.classList.toggle("ss-no-image", !image && images.length === 0);
    const index = images.findIndex((one) => one.id === image?.id);
    part("title").textContent = image ? image.filename : "";
    part("facts").textContent = image ? `${image.width} × ${image.height} · ${offset + index + 1} of ${total}` : "";
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
    const act = () => {
      store.set({ notice: null });
      notice.action?.run();
    };
    box.replaceChildren(
      h(
        "div",
        {},
        notice.text,
        notice.items ? h("ul", {}, notice.items.map((item) => h("li", {}, item))) : null,
        notice.action ? h("button.ss-button.ss-small", { type: "button", onclick: act }, notice.action.label) : null,
      ),
      h("button.ss-icon", { type: "button", "aria-label": "Dismiss", onclick: () => store.set({ notice: null }) }, icon("close")),
    );
  });
}
