// What is shown over the picture: its name, what is going on, what went wrong.

import { numberOf } from "../model/listing.js";
import { sameQuery } from "../model/queries.js";
import { h, icon, partsOf } from "./dom.js";

/** @import { App } from "../types.d.ts" */

/** @param {App} app */
export function mountStatus({ root, store }) {
  const part = partsOf(root);
  const stage = part("stage");

  store.on(["image", "images", "offset", "total", "stray", "query"], (values) => {
    const { image, images, query } = values;
    root.classList.toggle("ss-no-image", !image && images.length === 0);
    root.classList.toggle("ss-filtered", !sameQuery(query, {}));
    const facts = image ? [`${image.width} × ${image.height}`, numberOf(values)] : [];
    part("title").textContent = image ? image.filename : "";
    part("facts").textContent = facts.filter(Boolean).join(" · ");
    part("where").title = part("facts").textContent; // where there is no room for them
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
