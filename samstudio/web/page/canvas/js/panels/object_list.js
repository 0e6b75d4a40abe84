// The list of objects, the topmost first: what each is, and what can be done with it.

import { flagBadge, noteBadge } from "../../static/states/badges.js";
import { marksOfObject } from "../model/marks.js";
import { isProposed } from "../model/statuses.js";
import { closest, find, findAll, h, icon, partsOf } from "./dom.js";
import { versionName } from "./draft_card.js";

/** @import { App, Flags, ObjectMarks, PendingObject, StoredObject } from "../types.d.ts" */
/** @import { Bindings } from "../commands/bindings.js" */
/** @import { Session } from "../actions/session.js" */

/** @param {App} app */
export function mountObjectList({ root, store, session, bindings }) {
  const part = partsOf(root);
  const list = part("objects");

  store.on(["objects", "pendingObjects", "selection", "image", "flags", "saving", "unsentMarks"], ({ objects, pendingObjects, selection, image, flags, saving }) => {
    const { activeElement: active } = document;
    const focused = list.contains(active) ? closest(active, "[data-object]")?.dataset.object : null;
    part("count").textContent = objects.length ? String(objects.length) : "";
    const rows = [...objects].reverse().map((o) => row(session, bindings, o, selection.includes(o.id), flags[o.id] ?? {}, marksOfObject(store.values, o)));
    list.replaceChildren(...pendingObjects.map((o) => unsent(o, saving)), ...rows);
    if (focused) findAll(list, `[data-object="${focused}"] .ss-object-main`)[0]?.focus({ preventScroll: true });
    const open = objects.filter(isProposed).length;
    part("proposals").hidden = open === 0;
    part("proposals-text").textContent = `${open} proposed`;
    part("no-objects").hidden = objects.length + pendingObjects.length > 0 || !image;
    find(root, "[data-buttons=objects]").hidden = objects.length === 0;
  });

  // Heard on the list, which stays: a row that is replaced under the mouse would never tell that it was left.
  list.addEventListener("mouseover", (event) => {
    const id = closest(event, "[data-object]")?.dataset.object;
    store.set({ hovered: id ? Number(id) : null });
  });
  list.addEventListener("mouseleave", () => store.set({ hovered: null }));

  store.on(["selection"], ({ selection }) => {
    list.querySelector(`[data-object="${selection.at(-1)}"]`)?.scrollIntoView({ block: "nearest" });
  });
}

/**
 * @param {Session} session
 * @param {Bindings} bindings
 * @param {StoredObject} object
 * @param {boolean} selected
 * @param {Flags} flags
 * @param {ObjectMarks} marks
 */
function row(session, bindings, object, selected, { hidden, locked }, marks) {
  const proposed = isProposed(object);
  const named = `${object.category} ${object.id}`;
  return h(
    `li.ss-object${proposed ? ".ss-proposed" : ""}`,
    {
      "data-object": object.id,
      "aria-current": selected ? "true" : null,
    },
    h(
      "button.ss-object-main",
      {
        type: "button",
        "aria-label": proposed ? `Select proposed ${named}` : `Select ${named}`,
        "aria-pressed": String(selected),
        title: `${object.category}: click to select, Shift+click for more, double click to correct`,
        onclick: (event) => choose(session, object.id, event),
      },
      h("span.ss-swatch", { style: { background: object.color } }),
      h("span.ss-object-name", { translate: "no" }, object.category),
      marks.note ? noteBadge(marks.note) : null,
      marks.flagged ? flagBadge() : null,
      h("span.ss-object-facts", { title: meaning(object) }, facts(object)),
    ),
    proposed ? button("check", `Accept proposed ${named}`, true, () => session.reviewing.accept([object.id]), `Accept (${bindings.shown("accept")})`) : null,
    proposed && !locked ? null : button(locked ? "locked" : "unlocked", locked ? "Unlock" : "Lock", locked, () => session.objects.toggle([object.id], "locked")),
    button(hidden ? "hidden" : "eye", hidden ? "Show" : "Hide", hidden, () => session.objects.toggle([object.id], "hidden")),
    button("trash", `Delete ${object.category}`, false, () => session.reviewing.remove([object.id]), `Delete (undo with ${bindings.shown("undo")})`),
  );
}

// A double click is told by its count: its first click replaces the row, and with it what would hear "dblclick".
/**
 * @param {Session} session
 * @param {number} id
 * @param {MouseEvent} event
 */
function choose({ selecting, correcting }, id, { detail, shiftKey, ctrlKey, metaKey }) {
  const more = shiftKey || ctrlKey || metaKey;
  if (detail === 2 && !more) correcting.edit(id);
  else selecting.select(id, { more });
}

/**
 * @param {string} name
 * @param {string} label
 * @param {boolean | undefined} on
 * @param {() => unknown} onclick
 * @param {string} [title]
 */
function button(name, label, on, onclick, title = label) {
  return h(`button.ss-icon${on ? ".ss-on" : ""}`, { type: "button", "aria-label": label, title, onclick }, icon(name));
}

/**
 * @param {PendingObject} object
 * @param {boolean} saving
 */
function unsent(object, saving) {
  return h(
    "li.ss-object.ss-unsent",
    { "data-unsent": object.client_id },
    h(
      "span.ss-object-main",
      {},
      h("span.ss-swatch", { style: { background: object.color } }),
      h("span.ss-object-name", { translate: "no" }, object.category),
      h("span.ss-object-facts", {}, saving ? "saving…" : "not saved yet"),
    ),
  );
}

/** @param {StoredObject} object */
function facts(object) {
  const by = isProposed(object) ? "proposed" : versionName(object.version);
  const shown = object.iou === null ? by : `${object.iou.toFixed(2)} · ${by}`;
  return object.corrected ? `${shown} ✎` : shown;
}

/** @param {StoredObject} object */
function meaning(object) {
  const proposed = object.version === null ? "Drawn by hand or imported" : `Proposed by ${versionName(object.version)}`;
  const iou = object.iou === null ? "" : `, predicted IoU ${object.iou.toFixed(3)}`;
  return `${proposed}${iou}${object.corrected ? ", corrected by hand" : ""}`;
}
