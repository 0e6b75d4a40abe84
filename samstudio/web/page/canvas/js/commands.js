// What the keys and buttons do, by name, and the keyboard that calls it.

import { isStarted } from "./model/drafts.js";
import { commandOf, typing } from "./tools/keys.js";

const PICK = "Select an object first: click it in the list, or on the picture with V.";
const PICK_ONE = "Select one object first: click it in the list, or on the picture with V.";

export function commandsOf({ root, store, session, stage, display, tour }) {
  const { accepting, batching, correcting, images, objects, preferences, prompting, reviewing, selecting } = session;
  const tool = (name) => () => store.set({ tool: name, many: name === "prompt" && store.get("many") });
  const selection = () => store.get("selection");
  const some = (act) => () => (selection().length ? act(selection()) : session.core.hint(PICK));
  const one = (act) => () => (selection().length === 1 ? act(selection()[0]) : session.core.hint(PICK_ONE));
  const commands = {
    accept: () => finish(store, { accepting, batching, correcting, reviewing }),
    acceptAll: () => reviewing.acceptAll(),
    discard: () => stage.cancel() || drop(store, { batching, correcting, prompting }),
    undo: () => session.undo(),
    redo: () => session.redo(),
    candidate: () => prompting.nextCandidate(),
    nextDraft: () => batching.next(),
    many: () => store.set({ tool: "prompt", many: !store.get("many") }),
    toolPrompt: tool("prompt"),
    toolBrush: tool("brush"),
    toolEraser: tool("eraser"),
    toolPolygon: tool("polygon"),
    toolSelect: tool("select"),
    toolPan: tool("pan"),
    smaller: () => preferences.resize(-1),
    larger: () => preferences.resize(1),
    edit: one((id) => correcting.edit(id)),
    remove: () => (selection().length || !isStarted(store.get("draft")) ? some((ids) => reviewing.remove(ids))() : batching.drop()),
    duplicate: some((ids) => objects.duplicate(ids)),
    merge: () => objects.merge(selection()),
    split: some((ids) => objects.split(ids)),
    hide: some((ids) => objects.toggle(ids, "hidden")),
    lock: some((ids) => objects.toggle(ids, "locked")),
    raise: one((id) => objects.reorder(id, 1)),
    lower: one((id) => objects.reorder(id, -1)),
    previousObject: () => selecting.selectNext(1), // the list shows the topmost, the last, first
    nextObject: () => selecting.selectNext(-1),
    previous: () => images.step(-1),
    next: () => images.step(1),
    fit: () => stage.fit(),
    actual: () => stage.actual(),
    zoomIn: () => stage.zoom(1.25),
    zoomOut: () => stage.zoom(0.8),
    zoomObject: () => zoomTo(store, stage),
    contours: () => preferences.show({ contours: !store.get("display").contours }),
    display: () => display.toggle(),
    keyboard: () => stage.keyboard.toggle(),
    help: () => root.querySelector("[data-help]").showModal(),
    tour: () => {
      root.querySelector("[data-help]").close();
      tour.start();
    },
  };
  for (const what of ["fill", "specks", "grow", "shrink", "smooth"]) commands[what] = () => correcting.clean(what);
  for (let i = 1; i <= 9; i += 1) {
    commands[`category${i}`] = () => root.querySelectorAll("[data-categories] .ss-chip")[i - 1]?.click();
  }
  return commands;
}

// Enter: the innermost thing that is open is finished first.
function finish(store, { accepting, batching, correcting, reviewing }) {
  const { polygon, boxes, draft, waiting, selection } = store.values;
  if (polygon) return correcting.polygon();
  if (boxes.length) return batching.ask();
  return isStarted(draft) || waiting.length ? accepting.accept() : reviewing.accept(selection);
}

function drop(store, { batching, correcting, prompting }) {
  if (store.get("polygon")) return correcting.dropPolygon();
  return store.get("boxes").length ? batching.clear() : prompting.discard();
}

function zoomTo(store, stage) {
  const { draft, objects, selection } = store.values;
  const mask = draft.mask ?? objects.find((one) => one.id === selection.at(-1))?.mask;
  if (mask) stage.toBox([mask.x, mask.y, mask.x + mask.w - 1, mask.y + mask.h - 1]);
  else if (draft.box) stage.toBox(draft.box);
}

export function mountCommands({ root, session, stage, commands }) {
  document.addEventListener("keydown", (event) => {
    if (!root.isConnected || root.offsetParent === null || typing(event)) return;
    if (onStage(event, root) && stage.keyboard.key(event)) return event.preventDefault();
    const command = commandOf(event);
    // Enter on a focused button presses that button, not Accept.
    if (!command || (event.key === "Enter" && event.target.closest?.("button"))) return undefined;
    event.preventDefault();
    return commands[command]();
  });
  // Boxes drawn with Shift held are asked for when it is let go.
  document.addEventListener("keyup", (event) => {
    if (event.key === "Shift" && root.isConnected) session.batching.letGo();
  });
  // A mouse click on a button leaves the keys with the picture: Enter is Accept, not that button again.
  root.addEventListener("click", (event) => {
    const button = event.detail > 0 ? event.target.closest("button") : null;
    const keeps = button?.closest("dialog, [data-display]");
    if (button && !keeps) root.querySelector("[data-stage]").focus({ preventScroll: true });
  });
  for (const button of root.querySelectorAll("[data-command]")) {
    button.addEventListener("click", () => commands[button.dataset.command]());
  }
}

function onStage(event, root) {
  return event.target === root.querySelector("[data-stage]") || event.target === document.body;
}
