// The category of the next object: chips to choose one, a field to make one.

import { shownKey } from "../commands/keys.js";
import { find, h } from "./dom.js";

/** @import { App, State } from "../types.d.ts" */

/** @param {App} app */
export function mountCategories({ root, store, session, bindings }) {
  const chips = find(root, "[data-categories]");
  const field = find(root, "[data-new-category]", HTMLInputElement);

  /** @param {string} name */
  const choose = (name) => {
    session.categories.choose(name);
    const { draft, selection } = store.values;
    if (draft.of) session.correcting.recategorize(name);
    else if (selection.length) session.objects.recategorize(selection, name);
  };

  /**
   * What is corrected or selected shows its own category; else it is the next object's.
   * @param {State} values
   */
  const current = ({ draft, selection, objects, category }) => {
    const one = selection.length === 1 ? objects.find(({ id }) => id === selection[0]) : null;
    return draft.of ? draft.category : (one?.category ?? category);
  };

  let drawn = "";
  /** @param {State} values */
  const draw = (values) => {
    const { categories } = values;
    const category = current(values);
    // Made anew only when they change: the focus stays where it is.
    const keys = Array.from({ length: 9 }, (_, i) => bindings.keysOf(`category${i + 1}`)[0]);
    const now = JSON.stringify([categories, category, keys]);
    if (now === drawn) return;
    drawn = now;
    const known = categories.some((c) => c.name === category);
    const all = known || !category ? categories : [...categories, { name: category, color: session.categories.color }];
    chips.replaceChildren(
      ...all.map((c, i) =>
        h(
          "button.ss-chip",
          {
            type: "button",
            "aria-pressed": String(c.name === category),
            title: keys[i] ? `${c.name} (key ${shownKey(keys[i])})` : c.name,
            "data-verbatim": keys[i] ? null : "title",
            onclick: () => choose(c.name),
          },
          h("span.ss-swatch", { style: { background: c.color } }),
          h("span", { translate: "no" }, c.name),
        ),
      ),
    );
  };
  store.on(["categories", "category", "draft", "selection", "objects"], draw);
  bindings.follow(() => draw(store.values));

  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const name = field.value.trim();
    if (event.key === "Escape") field.value = "";
    if (event.key === "Enter" && name) {
      session.categories.create(name).then(() => choose(name));
      field.value = "";
    }
    if (event.key === "Enter" || event.key === "Escape") find(root, "[data-stage]").focus();
  });
}
