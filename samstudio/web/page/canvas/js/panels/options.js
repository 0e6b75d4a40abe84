// The floating panel with what can be set for the chosen tool.

import { find, h } from "./dom.js";

/** @import { App, State, ToolOption, ToolSlider, ToolSwitch } from "../types.d.ts" */

/** @type {readonly ToolOption[]} */
const NONE = [];

/** @param {App} app */
export function mountOptions(app) {
  const { root, store, tools } = app;
  const panel = find(root, "[data-options]");
  let shown = NONE;
  /** @type {ReturnType<typeof control>[]} */
  let controls = [];

  /** @param {readonly ToolOption[]} options */
  const draw = (options) => {
    shown = options;
    controls = options.map((option) => control(option, app));
    panel.replaceChildren(...controls.flatMap(({ parts }) => parts));
    panel.hidden = !controls.length;
  };
  /** @param {State} values */
  const update = (values) => {
    const options = tools.get(values.tool)?.options ?? NONE;
    // The brush and the eraser have the same ones: a slider that is held stays.
    if (options.length !== shown.length || options.some((option, i) => option !== shown[i])) draw(options);
    for (const { show } of controls) show(values);
  };
  store.onAny(update);
}

/**
 * @param {ToolOption} option
 * @param {App} app
 */
function control(option, app) {
  return "checked" in option ? ticked(option, app) : slid(option, app);
}

/**
 * @param {ToolSwitch} option
 * @param {App} app
 */
function ticked({ id, command, checked }, app) {
  const box = h("input", { type: "checkbox", [`data-${id}`]: true });
  box.addEventListener("change", () => command.run(app));
  const words = h("span");
  /** @type {string | null} */
  let last = null; // what the page shows may be a translation
  /** @param {State} values */
  const show = (values) => {
    box.checked = checked(values);
    const name = app.commands.nameOf(command);
    if (name !== last) words.textContent = name;
    last = name;
  };
  return { parts: [h("label", {}, box, words)], show };
}

/**
 * @param {ToolSlider} option
 * @param {App} app
 */
function slid({ id, label, name, min, max, value, text, change }, app) {
  const slider = h("input", { type: "range", min, max, "aria-label": name, [`data-${id}`]: true });
  const said = h("span", { [`data-${id}-text`]: true });
  slider.addEventListener("input", () => change(app, Number(slider.value)));
  /** @type {[value: number | null, words: string | null]} */
  let last = [null, null]; // what the page shows may be a translation
  /** @param {State} values */
  const show = (values) => {
    const [now, words] = [value(values), text(values)];
    if (now !== last[0]) slider.value = String(now);
    if (words !== last[1]) said.textContent = words;
    last = [now, words];
  };
  return { parts: [h("label", {}, `${label} `, slider), said], show };
}
