// The display panel: how the picture and the masks are shown. Nothing here changes a mask.

import { find } from "./dom.js";

/** @import { Wired } from "../types.d.ts" */

/** @type {readonly ["opacity", "brightness", "contrast", "gamma"]} */
const SLIDERS = ["opacity", "brightness", "contrast", "gamma"];
/** @type {readonly ["contours", "previews"]} */
const SWITCHES = ["contours", "previews"];

/** @param {Wired} app */
export function mountDisplay({ root, store, session }) {
  const panel = find(root, "[data-display]");
  /** @param {string} name */
  const field = (name) => find(panel, `[data-set=${name}]`, HTMLInputElement);

  for (const name of SLIDERS) {
    field(name).addEventListener("input", () => session.preferences.show({ [name]: Number(field(name).value) }));
  }
  for (const name of SWITCHES) {
    field(name).addEventListener("change", () => session.preferences.show({ [name]: field(name).checked }));
  }
  find(panel, "[data-reset]").addEventListener("click", () => session.preferences.reset());

  const keepZoom = find(panel, "[data-keep-zoom]", HTMLInputElement);
  keepZoom.addEventListener("change", () => store.set({ keepZoom: keepZoom.checked }));
  store.on(["keepZoom"], (values) => {
    keepZoom.checked = values.keepZoom;
  });

  store.on(["display"], ({ display }) => {
    for (const name of SLIDERS) {
      field(name).value = String(display[name]);
      find(panel, `[data-value=${name}]`).textContent = `${Math.round(display[name] * 100)}%`;
    }
    field("contours").checked = display.contours;
    field("previews").checked = display.previews;
  });

  const button = () => find(root, "[data-command=display]"); // drawn later
  const toggle = (open = panel.hidden) => {
    panel.hidden = !open;
    button().setAttribute("aria-expanded", String(open));
    if (open) field("brightness").focus();
  };
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    toggle(false);
    button().focus();
  });
  document.addEventListener("pointerdown", (event) => {
    const path = event.composedPath();
    if (!panel.hidden && !path.includes(panel) && !path.includes(button())) toggle(false);
  });
  return { toggle };
}
