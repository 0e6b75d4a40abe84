// The list of images at the left: thumbnails, how many objects each has, and
// whether it is prepared.

import { find, h } from "./dom.js";
import { signsOf, spokenOf } from "./signs.js";
import { pageUrl } from "../sync/http.js";

/** @import { App, ImageEntry, State } from "../types.d.ts" */

/** @param {App} app */
export function mountStrip({ root, store, session }) {
  const list = find(root, "[data-strip]");
  /** @type {Map<string, ReturnType<typeof make>>} */
  const items = new Map();

  /** @param {ImageEntry} image */
  const make = (image) => {
    const badge = h("span.ss-badge");
    const open = h("span.ss-badge-open");
    const signs = h("span.ss-signs", { "aria-hidden": "true" });
    const item = h(
      "button.ss-thumb",
      { type: "button", role: "option", title: image.filename, "data-verbatim": "title", onclick: () => session.images.open(image.id), "data-image": image.id },
      h("img", { src: pageUrl(`thumbs/${image.id}`), alt: "", loading: "lazy", decoding: "async", draggable: "false" }),
      h("span.ss-thumb-name", { translate: "no" }, image.filename),
      open,
      badge,
      signs,
    );
    return { item, badge, open, signs };
  };
  /** @param {ImageEntry} image */
  const itemOf = (image) => {
    let made = items.get(image.id);
    if (!made) items.set(image.id, (made = make(image)));
    return made;
  };

  /** @param {State} values */
  const draw = (values) => {
    const { images, image: open, before, after, total, pending, stray } = values;
    const waiting = new Set(pending);
    for (const image of images) {
      const { item, badge, open: proposals, signs } = itemOf(image);
      const isOpen = image.id === open?.id;
      item.setAttribute("aria-selected", String(isOpen));
      item.classList.toggle("ss-waiting", waiting.has(image.id));
      item.classList.toggle("ss-stray", image.id === stray);
      badge.textContent = image.accepted ? String(image.accepted) : "";
      badge.title = image.accepted ? `${image.accepted} accepted` : "";
      proposals.textContent = image.proposed ? String(image.proposed) : "";
      proposals.title = image.proposed ? `${image.proposed} proposed` : "";
      signsOf(signs, values, image);
      const label = `${image.filename}, ${image.accepted} accepted`;
      item.setAttribute("aria-label", [image.proposed ? `${label}, ${image.proposed} proposed` : label, ...spokenOf(values, image)].join(", "));
    }
    const wanted = images.map((image) => itemOf(image).item);
    if (before) wanted.unshift(earlierButton());
    if (after) wanted.push(moreButton(images.length, total));
    if (wanted.length !== list.children.length || wanted.some((item, i) => item !== list.children[i])) {
      list.replaceChildren(...wanted);
    }
    find(root, "[data-total]").textContent = total ? String(total) : "";
  };

  /**
   * @param {number} shown
   * @param {number} total
   */
  const moreButton = (shown, total) =>
    h("button.ss-button.ss-more", { type: "button", onclick: () => session.images.showMore() }, `Show more (${shown} of ${total})`);

  const earlierButton = () => h("button.ss-button.ss-more", { type: "button", onclick: () => session.images.showEarlier() }, "Show earlier ones");

  store.on(["images", "image", "before", "after", "total", "pending", "stray", "objects", "unsent", "unsentMarks"], draw);
  store.on(["image"], ({ image }) => items.get(image?.id ?? "")?.item.scrollIntoView({ block: "nearest" }));
}
