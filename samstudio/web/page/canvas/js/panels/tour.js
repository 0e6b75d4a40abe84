// The first-run tour: four short steps beside the thing each is about. Shown once, and from the
// list of keys.

import { find, h } from "./dom.js";

/** @import { Wired } from "../types.d.ts" */

/** @typedef {(id: string) => string} Key How a command's key is called. */

/** @type {readonly { at: string, title: string, text: (key: Key) => string }[]} */
const STEPS = [
  { at: "[data-stage]", title: "Point at an object", text: () => "Drag a box round it, or click on it. The mask follows in a moment. A resting mouse shows what a click would give." },
  { at: "[data-draft-card]", title: "Put it right", text: (key) => `Left click adds, right click takes away. Brush (${key("toolBrush")}), eraser (${key("toolEraser")}) and polygon (${key("toolPolygon")}) do the rest.` },
  { at: "[data-accept]", title: "Accept it", text: (key) => `${key("accept")} keeps it; ${key("next")} goes to the next image. What you accept is in the database, what you began waits in this browser. ${key("undo")} takes anything back.` },
  { at: "#tab-finetune-button", title: "Then tune", text: () => "From three images on, Fine-tune now teaches SAM your masks. The result is used only if it is measurably better." },
];

/** @param {Wired} app */
export function mountTour({ root, store, bindings }) {
  let at = -1;
  const card = h("div.ss-tour", { role: "dialog", "aria-live": "polite", "aria-label": "Tour", tabindex: "-1", hidden: true });
  root.append(card);

  const end = () => {
    at = -1;
    card.hidden = true;
    store.set({ toured: true });
    find(root, "[data-stage]").focus({ preventScroll: true });
  };
  /** @param {number} index */
  const go = (index) => {
    if (index >= STEPS.length) return end();
    at = Math.max(0, index);
    draw();
    return find(card, ".ss-primary").focus({ preventScroll: true });
  };
  const draw = () => {
    const { title, text } = STEPS[at];
    card.replaceChildren(
      h("p.ss-tour-count", {}, `${at + 1} of ${STEPS.length}`),
      h("h2", {}, title),
      h("p", {}, text((id) => bindings.shown(id))),
      h(
        "div.ss-row",
        {},
        h("button.ss-button", { type: "button", onclick: end }, "Skip"),
        at > 0 ? h("button.ss-button", { type: "button", onclick: () => go(at - 1) }, "Back") : null,
        h("button.ss-button.ss-primary", { type: "button", onclick: () => go(at + 1) }, at === STEPS.length - 1 ? "Start" : "Next"),
      ),
    );
    card.hidden = false;
    place(card, STEPS[at].at, root);
  };
  card.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") end();
    if (event.key === "ArrowRight") go(at + 1);
    if (event.key === "ArrowLeft") go(at - 1);
  });
  window.addEventListener("resize", () => at >= 0 && place(card, STEPS[at].at, root));

  // Once, with the first picture on screen: nobody reads about a canvas that is not there yet.
  store.on(["picture"], ({ picture, toured }) => picture && !toured && at < 0 && go(0));
  return { start: () => go(0) };
}

// Beside the thing, inside the canvas.
/**
 * @param {HTMLElement} card
 * @param {string} selector
 * @param {HTMLElement} root
 */
function place(card, selector, root) {
  const frame = root.getBoundingClientRect();
  const target = document.querySelector(selector)?.getBoundingClientRect() ?? frame;
  const [width, height] = [card.offsetWidth, card.offsetHeight];
  const middle = target.width > frame.width / 3;
  const left = middle ? target.left + (target.width - width) / 2 : target.left < frame.left + frame.width / 2 ? target.left : target.left - width - 14;
  const top = middle ? target.top + (target.height - height) / 2 : target.top < frame.top ? frame.top + 12 : target.top;
  card.style.left = `${clamp(left - frame.left, 12, frame.width - width - 12)}px`;
  card.style.top = `${clamp(top - frame.top, 12, frame.height - height - 12)}px`;
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}
