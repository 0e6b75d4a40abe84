// The right side: category, the object being drawn, and the accepted objects.

import { h, icon } from "./dom.js";
import { hasPrompt } from "../model/state.js";

export function mountSidebar({ root, store, session }) {
  const part = (name) => root.querySelector(`[data-${name}]`);
  mountCategories({ root, store, session });

  store.on(["draft", "thinking", "saving", "category"], ({ draft, thinking, saving }) => {
    const started = hasPrompt(draft);
    part("draft-card").classList.toggle("ss-empty", !started);
    part("draft-title").textContent = started ? "New object" : "No object started";
    part("draft-text").textContent = describe(draft, { thinking, saving });
    part("accept").disabled = !draft.mask || thinking || saving;
    part("discard").disabled = !started || saving;
  });

  store.on(["objects", "selected", "image"], ({ objects, selected, image }) => {
    part("count").textContent = objects.length ? String(objects.length) : "";
    part("objects").replaceChildren(...[...objects].reverse().map((o) => row(o, o.id === selected)));
    part("no-objects").hidden = objects.length > 0 || !image;
  });

  const row = (object, selected) =>
    h(
      "li.ss-object",
      {
        "data-object": object.id,
        "aria-current": selected ? "true" : null,
        class: null,
        onmouseenter: () => store.set({ hovered: object.id }),
        onmouseleave: () => store.set({ hovered: null }),
      },
      h(
        "button.ss-object-main",
        {
          type: "button",
          "aria-label": `Select ${object.category} ${object.id}`,
          onclick: () => store.set({ selected: selected ? null : object.id }),
        },
        h("span.ss-swatch", { style: { background: object.color } }),
        h("span.ss-object-name", {}, object.category),
        h("span.ss-object-facts", {}, facts(object)),
      ),
      h(
        "button.ss-icon",
        { type: "button", "aria-label": object.hidden ? "Show" : "Hide", title: object.hidden ? "Show" : "Hide", onclick: () => session.objects.toggleHidden(object.id) },
        icon(object.hidden ? "hidden" : "eye"),
      ),
      h(
        "button.ss-icon",
        { type: "button", "aria-label": `Delete ${object.category}`, title: "Delete (undo with Ctrl+Z)", onclick: () => session.objects.remove(object.id) },
        icon("trash"),
      ),
    );

  part("accept").addEventListener("click", () => session.objects.accept());
  part("discard").addEventListener("click", () => session.prompting.discard());
}

function describe(draft, { thinking, saving }) {
  if (saving) return "Saving…";
  if (thinking) return "Looking…";
  if (draft.mask) return `Predicted IoU ${draft.iou.toFixed(2)} · ${versionName(draft.version)}`;
  return "Drag a box round an object, or click on it.";
}

function facts(object) {
  const by = object.version === null ? "imported" : versionName(object.version);
  return object.iou === null ? by : `${object.iou.toFixed(2)} · ${by}`;
}

function versionName(version) {
  return version === 0 ? "stock" : `v${version}`;
}

function mountCategories({ root, store, session }) {
  const chips = root.querySelector("[data-categories]");
  const field = root.querySelector("[data-new-category]");

  const choose = (name) => {
    session.categories.choose(name);
    const selected = store.get("selected");
    if (selected !== null) session.objects.recategorize(selected, name);
  };

  store.on(["categories", "category"], ({ categories, category }) => {
    const known = categories.some((c) => c.name === category);
    const all = known || !category ? categories : [...categories, { name: category, color: session.categories.color }];
    chips.replaceChildren(
      ...all.map((c, i) =>
        h(
          "button.ss-chip",
          {
            type: "button",
            "aria-pressed": String(c.name === category),
            title: i < 9 ? `${c.name} (key ${i + 1})` : c.name,
            onclick: () => choose(c.name),
          },
          h("span.ss-swatch", { style: { background: c.color } }),
          c.name,
        ),
      ),
    );
  });

  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const name = field.value.trim();
    if (event.key === "Escape") field.value = "";
    if (event.key === "Enter" && name) {
      session.categories.create(name).then(() => choose(name));
      field.value = "";
    }
    if (event.key === "Enter" || event.key === "Escape") root.querySelector("[data-stage]").focus();
  });
}
