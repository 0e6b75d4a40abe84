// The panel of notes: of the open image, and of the object that is selected. What is typed is kept at every letter, and saved when
// the field is left, by Ctrl+Enter, or when something else is opened or selected.

import { imageTarget, keyOf, LONGEST_NOTE, objectTarget } from "../model/marks.js";
import { find, h, icon } from "./dom.js";

/** @import { MarkTarget, State, Wired } from "../types.d.ts" */
/** @import { Marking } from "../actions/marking.js" */

/** @param {Wired} app */
export function mountNotes({ root, store, session: { marking } }) {
  const image = field("Note on the image", marking);
  const object = field("Note on the object", marking);
  const none = h("p.ss-quiet", {}, "Select an object to write a note on it.");
  const close = h("button.ss-icon", { type: "button", title: "Close", "aria-label": "Close", onclick: () => show(false) }, icon("close"));
  const panel = h("div.ss-popover.ss-notes", { role: "dialog", "aria-label": "Notes", "data-notes": "", hidden: true }, h("header", {}, h("h2", {}, "Notes"), close), image.element, object.element, none);
  find(root, ".ss-center").append(panel);

  /** @param {State} values */
  const draw = (values) => {
    const { objects, selection } = values;
    const one = selection.length === 1 ? objects.find(({ id }) => id === selection[0]) : undefined;
    image.draw(values, values.image ? imageTarget(values.image) : null);
    object.draw(values, one ? objectTarget(one) : null);
    none.hidden = one !== undefined;
    if (!values.image) show(false);
  };
  /** @param {boolean} open */
  const show = (open) => {
    if (!open && !panel.hidden) {
      for (const one of [image, object]) one.save();
      find(root, "[data-stage]").focus({ preventScroll: true });
    }
    panel.hidden = !open;
    if (open) draw(store.values);
  };
  store.on(["image", "images", "objects", "selection", "unsentMarks", "connected"], draw);

  panel.addEventListener("keydown", (event) => {
    event.stopPropagation(); // the canvas's keys are not for what is written here
    const saves = event.key === "Enter" && (event.ctrlKey || event.metaKey);
    if (event.isComposing || (event.key !== "Escape" && !saves)) return;
    event.preventDefault();
    show(false);
  });

  /** @param {"image"} [what] else the selected object, where one is selected */
  const toggle = (what) => {
    if (!store.get("image")) return;
    const wanted = what !== "image" && store.get("selection").length === 1 ? object : image;
    if (!panel.hidden && wanted.has(document.activeElement)) return show(false);
    show(true);
    wanted.focus();
  };
  return { toggle };
}

/**
 * A note and the flag of what it is on.
 * @param {string} label
 * @param {Marking} marking
 */
function field(label, marking) {
  const name = h("strong", { translate: "no" });
  const text = h("textarea.ss-field", { translate: "yes", maxlength: LONGEST_NOTE, rows: 4, placeholder: "Note", "aria-label": label });
  const flag = h("input", { type: "checkbox" });
  const said = h("span.ss-quiet", { role: "status" });
  const element = h("section", {}, name, text, h("footer", {}, h("label.ss-check", {}, flag, "Needs a second look"), said));
  /** @type {MarkTarget | null} */
  let target = null;
  let before = ""; // the note when it was begun
  let typing = false;

  const save = () => {
    if (!typing || !target) return;
    typing = false;
    marking.written(target, before);
  };
  text.addEventListener("input", () => {
    if (!target) return;
    if (!typing) before = marking.shown(target).note;
    typing = true;
    marking.write(target, text.value);
  });
  text.addEventListener("blur", save);
  flag.addEventListener("change", () => target && marking.change([target], { flagged: flag.checked }));

  /**
   * @param {State} values
   * @param {MarkTarget | null} now
   */
  const draw = ({ unsentMarks, connected }, now) => {
    if (target && (!now || keyOf(now) !== keyOf(target))) save();
    target = now;
    element.hidden = target === null;
    if (!target) return;
    const { note, flagged } = marking.shown(target);
    if (!typing && text.value !== note) text.value = note;
    name.textContent = target.name;
    flag.checked = flagged;
    said.textContent = sentence({ typing, waits: keyOf(target) in unsentMarks, connected });
  };
  return { element, save, draw, focus: () => text.focus(), has: (/** @type {Element | null} */ one) => element.contains(one) };
}

/** @param {{ typing: boolean, waits: boolean, connected: boolean }} what */
function sentence({ typing, waits, connected }) {
  if (typing) return "Ctrl+Enter saves";
  if (!waits) return "";
  return connected ? "Not saved yet" : "Not saved yet: the server does not answer";
}
