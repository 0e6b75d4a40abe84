// The category of the next object: chips to choose one, a field to make one.

import { h } from "./dom.js";

export function mountCategories({ root, store, session }) {
  const chips = root.querySelector("[data-categories]");
  const field = root.querySelector("[data-new-category]");

  const choose = (name) => {
    session.categories.choose(name);
    const { draft, selection } = store.values;
    if (draft.of) session.correcting.recategorize(name);
    else if (selection.length) session.objects.recategorize(selection, name);
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
