// Commands on stored objects.

import { isStarted } from "../model/drafts.js";
import { findAll } from "../panels/dom.js";
import { PASTE } from "./keys.js";

/** @import { App, Command, State } from "../types.d.ts" */

/** @param {App} app */
const pick = ({ bindings }) => `Select an object first: click it in the list, or on the picture with ${bindings.shown("toolSelect")}.`;
/** @param {App} app */
const pickOne = ({ bindings }) => `Select one object first: click it in the list, or on the picture with ${bindings.shown("toolSelect")}.`;

/**
 * `act(app, ids)` on what is selected; a hint where nothing is.
 * @param {(app: App, ids: readonly number[]) => unknown} act
 * @returns {Command["run"]}
 */
const onSelected = (act) => (app) => {
  const ids = app.store.get("selection");
  return ids.length ? act(app, ids) : app.session.core.hint(pick(app));
};

/**
 * `act(app, id)` on the one that is selected.
 * @param {(app: App, id: number) => unknown} act
 * @returns {Command["run"]}
 */
const onOne = (act) => (app) => {
  const ids = app.store.get("selection");
  return ids.length === 1 ? act(app, ids[0]) : app.session.core.hint(pickOne(app));
};

/** @type {Pick<Command, "place" | "enabled">} */
const button = { place: "objects", enabled: ({ selection }) => selection.length > 0 };

// Of a polygon in the making Delete takes back the last corner, of several drafts that wait together it drops the active one.
/** @param {App} app */
function remove(app) {
  const { store, session } = app;
  if (store.get("polygon")) return session.polygons.inTurn(() => session.polygons.takeBack());
  if (!store.get("selection").length && isStarted(store.get("draft"))) return session.batching.drop();
  return onSelected((_, ids) => session.reviewing.remove(ids))(app);
}

/** @type {Command[]} */
const CATEGORIES = Array.from({ length: 9 }, (_, i) => ({
  id: `category${i + 1}`,
  keys: [String(i + 1)],
  label: `Category ${i + 1}`,
  help: "Choose a category",
  group: i === 0 ? "Objects" : null,
  helpWith: Array.from({ length: 8 }, (_, next) => `category${next + 2}`),
  run: ({ root }) => findAll(root, "[data-categories] .ss-chip")[i]?.click(),
}));

/** @type {readonly Command[]} */
export const OBJECTS = [
  {
    id: "previousObject",
    keys: ["ArrowUp"],
    label: "Previous object",
    group: "Objects",
    help: "Previous or next object",
    helpWith: ["nextObject"],
    run: ({ session }) => session.selecting.selectNext(1), // the list shows the topmost, the last, first
  },
  { id: "nextObject", keys: ["ArrowDown"], label: "Next object", run: ({ session }) => session.selecting.selectNext(-1) },
  {
    id: "nextProposal",
    keys: ["Shift+ArrowDown"],
    label: "Next proposal",
    group: "Objects",
    help: "Next proposal, on the next image where none is left",
    run: ({ session }) => session.reviewing.next(),
  },
  {
    id: "edit",
    ...button,
    keys: ["F2"],
    label: "Correct",
    icon: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
    group: "Objects",
    help: "Correct the selected object; or double click it",
    run: onOne(({ session }, id) => session.correcting.edit(id)),
  },
  { id: "remove", keys: ["Delete", "Backspace"], label: "Delete it", group: "Objects", run: remove },
  ...CATEGORIES,
  { id: "selectAll", keys: ["Ctrl+a"], label: "Select all objects", group: "Objects", run: ({ session }) => session.selecting.selectAll() },
  { id: "copy", keys: ["Ctrl+c"], label: "Copy", group: "Objects", help: "Copy the selected objects", yields: textIsSelected, run: copy },
  {
    id: "paste",
    keys: ["Ctrl+v"],
    label: "Paste",
    group: "Objects",
    help: "Paste them, on any image",
    yields: (name) => name === PASTE, // comes back as the browser's event, which knows of files: see panels/shortcuts.js
    run: ({ session }) => session.copying.paste(),
  },
  {
    id: "duplicate",
    ...button,
    keys: ["Ctrl+d"],
    label: "Duplicate",
    icon: "M4 4h11v11H4zM9 18v2h11V9h-2",
    group: "Objects",
    run: onSelected(({ session }, ids) => session.objects.duplicate(ids)),
  },
  {
    id: "merge",
    place: "objects",
    keys: ["u"],
    label: "Merge into one",
    icon: "M9 5a7 7 0 1 0 0 14M15 5a7 7 0 1 1 0 14M9 12h6",
    group: "Objects",
    help: "Merge the selected objects into one",
    enabled: ({ selection }) => selection.length > 1,
    run: ({ store, session }) => session.objects.merge(store.get("selection")),
  },
  {
    id: "split",
    ...button,
    keys: ["x"],
    label: "Split in its parts",
    icon: "M12 3v18M8 7l-4 5 4 5M16 7l4 5-4 5",
    group: "Objects",
    help: "Split an object in its parts",
    run: onSelected(({ session }, ids) => session.objects.split(ids)),
  },
  {
    id: "hide",
    keys: ["i"],
    label: "Hide or show",
    group: "Objects",
    run: onSelected(({ session }, ids) => session.objects.toggle(ids, "hidden")),
  },
  {
    id: "lock",
    keys: ["l"],
    label: "Lock or unlock",
    group: "Objects",
    run: onSelected(({ session }, ids) => session.objects.toggle(ids, "locked")),
  },
  {
    id: "raise",
    ...button,
    keys: ["Ctrl+ArrowUp"],
    label: "Lay over the next",
    icon: "M12 19V6M7 11l5-5 5 5",
    group: "Objects",
    help: "Lay it over or under the next",
    helpWith: ["lower"],
    run: onOne(({ session }, id) => session.objects.reorder(id, 1)),
  },
  {
    id: "lower",
    ...button,
    keys: ["Ctrl+ArrowDown"],
    label: "Lay under the next",
    icon: "M12 5v13M7 13l5 5 5-5",
    run: onOne(({ session }, id) => session.objects.reorder(id, -1)),
  },
  {
    id: "history",
    ...button,
    keys: ["Shift+h"],
    label: "History",
    icon: "M4 5v4h4M4.500 9a8 8 0 1 1-.5 4M12 8v4.500l3 1.500",
    group: "Objects",
    help: "Who did what to the object, and when",
    run: onOne(showHistory),
  },
  {
    id: "zoomObject",
    ...button,
    keys: ["z"],
    label: "Zoom to it",
    icon: "M10.500 4a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13zM15.500 15.500L20 20",
    group: "View",
    help: "Zoom to the object",
    run: zoomTo,
  },
];

/**
 * @param {App} app
 * @param {number} id
 */
function showHistory({ store, history }, id) {
  const object = store.get("objects").find((one) => one.id === id);
  return object && history.show(object);
}

// Text that a person selected on the page is what they mean to copy.
function textIsSelected() {
  return String(window.getSelection()) !== "";
}

// Files that the clipboard still held would be imported by the next paste: it gets a few words instead.
/** @param {App} app */
function copy({ store, session }) {
  const number = session.copying.copy();
  if (!number) return;
  const words = `${number} × ${store.get("image")?.filename ?? ""}`;
  document.addEventListener("copy", (event) => {
    event.preventDefault();
    event.clipboardData?.setData("text/plain", words);
  }, { once: true, capture: true });
  document.execCommand("copy");
}

/** @param {App} app */
function zoomTo({ store, stage }) {
  const { draft, objects, selection } = store.values;
  const mask = draft.mask ?? objects.find((one) => one.id === selection.at(-1))?.mask;
  if (mask) stage.toBox([mask.x, mask.y, mask.x + mask.w - 1, mask.y + mask.h - 1]);
  else if (draft.box) stage.toBox(draft.box);
}
