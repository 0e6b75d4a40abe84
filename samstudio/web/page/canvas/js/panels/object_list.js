// The list of objects, the topmost first: what each is, and what can be done with it.

import { isProposed } from "../model/statuses.js";
import { h, icon } from "./dom.js";
import { versionName } from "./draft_card.js";

export function mountObjectList({ root, store, session }) {
  const part = (name) => root.querySelector(`[data-${name}]`);
  const list = part("objects");

  store.on(["objects", "pendingObjects", "selection", "image", "flags", "saving"], ({ objects, pendingObjects, selection, image, flags, saving }) => {
    const focused = list.contains(document.activeElement) ? document.activeElement.closest("[data-object]")?.dataset.object : null;
    part("count").textContent = objects.length ? String(objects.length) : "";
    const rows = [...objects].reverse().map((o) => row(session, o, selection.includes(o.id), flags[o.id] ?? {}));
    list.replaceChildren(...pendingObjects.map((o) => unsent(o, saving)), ...rows);
    list.querySelector(`[data-object="${focused}"] .ss-object-main`)?.focus({ preventScroll: true });
    const open = objects.filter(isProposed).length;
    part("proposals").hidden = open === 0;
    part("proposals-text").textContent = `${open} proposed`;
    part("no-objects").hidden = objects.length + pendingObjects.length > 0 || !image;
    root.querySelector("[data-buttons=objects]").hidden = objects.length === 0;
  });

  // Heard on the list, which stays: a row that is replaced under the mouse would never tell that it was left.
  list.addEventListener("mouseover", ({ target }) => {
    const id = target.closest("[data-object]")?.dataset.object;
    store.set({ hovered: id ? Number(id) : null });
  });
  list.addEventListener("mouseleave", () => store.set({ hovered: null }));

  store.on(["selection"], ({ selection }) => {
    list.querySelector(`[data-object="${selection.at(-1)}"]`)?.scrollIntoView({ block: "nearest" });
  });
}

function row(session, object, selected, { hidden, locked }) {
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
      h("span.ss-object-facts", { title: meaning(object) }, facts(object)),
    ),
    proposed ? button("check", `Accept proposed ${named}`, true, () => session.reviewing.accept([object.id]), "Accept (Enter)") : null,
    proposed && !locked ? null : button(locked ? "locked" : "unlocked", locked ? "Unlock" : "Lock", locked, () => session.objects.toggle([object.id], "locked")),
    button(hidden ? "hidden" : "eye", hidden ? "Show" : "Hide", hidden, () => session.objects.toggle([object.id], "hidden")),
    button("trash", `Delete ${object.category}`, false, () => session.reviewing.remove([object.id]), "Delete (undo with Ctrl+Z)"),
  );
}

// A double click is told by its count: its first click replaces the row, and with it what would hear "dblclick".
function choose({ selecting, correcting }, id, { detail, shiftKey, ctrlKey, metaKey }) {
  const more = shiftKey || ctrlKey || metaKey;
  if (detail === 2 && !more) correcting.edit(id);
  else selecting.select(id, { more });
}

function button(name, label, on, onclick, title = label) {
  return h(`button.ss-icon${on ? ".ss-on" : ""}`, { type: "button", "aria-label": label, title, onclick }, icon(name));
}

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

function facts(object) {
  const by = isProposed(object) ? "proposed" : versionName(object.version);
  const shown = object.iou === null ? by : `${object.iou.toFixed(2)} · ${by}`;
  return object.corrected ? `${shown} ✎` : shown;
}

function meaning(object) {
  const proposed = object.version === null ? "Drawn by hand or imported" : `Proposed by ${versionName(object.version)}`;
  const iou = object.iou === null ? "" : `, predicted IoU ${object.iou.toFixed(3)}`;
  return `${proposed}${iou}${object.corrected ? ", corrected by hand" : ""}`;
}
