// The list of images at the left: thumbnails, how many objects each has, and
// whether it is prepared.

import { h } from "./dom.js";
import { pageUrl } from "../sync/http.js";

export function mountStrip({ root, store, session }) {
  const list = root.querySelector("[data-strip]");
  const items = new Map();

  const make = (image) => {
    const badge = h("span.ss-badge");
    const open = h("span.ss-badge-open");
    const item = h(
      "button.ss-thumb",
      { type: "button", role: "option", title: image.filename, "data-verbatim": "title", onclick: () => session.images.open(image.id), "data-image": image.id },
      h("img", { src: pageUrl(`thumbs/${image.id}`), alt: "", loading: "lazy", decoding: "async", draggable: "false" }),
      h("span.ss-thumb-name", { translate: "no" }, image.filename),
      open,
      badge,
    );
    return { item, badge, open };
  };

  const draw = ({ images, image: open, total, pending }) => {
    for (const image of images) if (!items.has(image.id)) items.set(image.id, make(image));
    const waiting = new Set(pending);
    for (const image of images) {
      const { item, badge, open: proposals } = items.get(image.id);
      const isOpen = image.id === open?.id;
      item.setAttribute("aria-selected", String(isOpen));
      item.classList.toggle("ss-waiting", waiting.has(image.id));
      badge.textContent = image.accepted ? String(image.accepted) : "";
      badge.title = image.accepted ? `${image.accepted} accepted` : "";
      proposals.textContent = image.proposed ? String(image.proposed) : "";
      proposals.title = image.proposed ? `${image.proposed} proposed` : "";
      const label = `${image.filename}, ${image.accepted} accepted`;
      item.setAttribute("aria-label", image.proposed ? `${label}, ${image.proposed} proposed` : label);
    }
    const wanted = images.map((image) => items.get(image.id).item);
    if (images.length < total) wanted.push(moreButton(images.length, total));
    if (wanted.length !== list.children.length || wanted.some((item, i) => item !== list.children[i])) {
      list.replaceChildren(...wanted);
    }
    root.querySelector("[data-total]").textContent = total ? String(total) : "";
  };

  const moreButton = (shown, total) =>
    h("button.ss-button.ss-more", { type: "button", onclick: () => session.images.showMore() }, `Show more (${shown} of ${total})`);

  store.on(["images", "image", "total", "pending"], draw);
  store.on(["image"], ({ image }) => items.get(image?.id)?.item.scrollIntoView({ block: "nearest" }));
}
