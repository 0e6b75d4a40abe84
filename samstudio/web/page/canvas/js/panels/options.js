// The floating panel with what can be set for the chosen tool.

import { h } from "./dom.js";

const NONE = [];

export function mountOptions(app) {
  const { root, store, tools } = app;
  const panel = root.querySelector("[data-options]");
  let shown = NONE;
  let controls = [];

  const draw = (options) => {
    shown = options;
    controls = options.map((option) => control(option, app));
    panel.replaceChildren(...controls.flatMap(({ parts }) => parts));
    panel.hidden = !controls.length;
  };
  const update = (values) => {
    const { options = NONE } = tools.get(values.tool);
    // The brush and the eraser have the same ones: a slider that is held stays.
    if (options.length !== shown.length || options.some((option, i) => option !== shown[i])) draw(options);
    for (const { show } of controls) show(values);
  };
  store.on(Object.keys(store.values), update);
}

function control({ id, label, name, min, max, value, text, change }, app) {
  const slider = h("input", { type: "range", min, max, "aria-label": name, [`data-${id}`]: true });
  const said = h("span", { [`data-${id}-text`]: true });
  slider.addEventListener("input", () => change(app, Number(slider.value)));
  let last = null;
  const show = (values) => {
    const now = value(values);
    if (now === last) return;
    last = now;
    slider.value = now;
    said.textContent = text(values);
  };
  return { parts: [h("label", {}, `${label} `, slider), said], show };
}
