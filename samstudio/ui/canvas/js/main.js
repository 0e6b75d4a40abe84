// Puts the canvas together: finds its parts in the page and wires them.

import { Store, emptyDraft } from "./model/state.js";
import { Transport } from "./transport.js";
import { Session } from "./verbs/session.js";
import { Renderer } from "./draw/render.js";
import { Pointer } from "./tools/pointer.js";
import { commandOf, typing } from "./tools/keys.js";
import { mountStage } from "./panels/stage.js";
import { mountStrip } from "./panels/strip.js";
import { mountSidebar } from "./panels/sidebar.js";
import { mountUploads } from "./panels/uploads.js";

/** Bring the canvas in `element` to life. `server`: gradio's server functions. */
export function mount({ element, server }) {
  const root = element.querySelector("[data-canvas]");
  const store = new Store({
    images: [], total: 0, limit: 200, pending: [], image: null, picture: null, ready: true,
    objects: [], selected: null, hovered: null, draft: emptyDraft(), thinking: false, saving: false,
    categories: [], category: "", tool: "prompt", notice: null, drag: null, cursor: null, view: null,
  });
  const transport = new Transport(server);
  const session = new Session({ store, transport });
  const parts = { root, store, session, transport };
  const stage = mountStage(parts, { Renderer, Pointer });
  mountStrip(parts);
  mountSidebar(parts);
  mountUploads(parts);
  mountKeys(parts, stage);
  mountPage(parts);
  root.dataset.state = "mounted";
  session.images.refresh();
  // For tests and benchmarks: what the canvas knows and where it draws.
  root.samstudio = { store, session, stage };
}

function mountKeys({ root, store, session }, stage) {
  const commands = {
    accept: () => session.objects.accept(),
    discard: () => (stage.cancel() ? null : session.prompting.discard()),
    undo: () => session.undo(),
    redo: () => session.redo(),
    remove: () => store.get("selected") !== null && session.objects.remove(store.get("selected")),
    previous: () => session.images.step(-1),
    next: () => session.images.step(1),
    toolPrompt: () => store.set({ tool: "prompt" }),
    toolSelect: () => store.set({ tool: "select" }),
    toolPan: () => store.set({ tool: "pan" }),
    fit: () => stage.fit(),
    actual: () => stage.actual(),
    zoomIn: () => stage.zoom(1.25),
    zoomOut: () => stage.zoom(0.8),
    help: () => root.querySelector("[data-help]").showModal(),
  };
  for (let i = 1; i <= 9; i += 1) {
    commands[`category${i}`] = () => root.querySelectorAll("[data-categories] .ss-chip")[i - 1]?.click();
  }
  document.addEventListener("keydown", (event) => {
    if (!root.isConnected || root.offsetParent === null || typing(event)) return;
    const command = commandOf(event);
    // Enter on a focused button presses that button, not Accept.
    if (!command || (event.key === "Enter" && event.target.closest?.("button"))) return;
    event.preventDefault();
    commands[command]();
  });
  // A mouse click on a button leaves the keys with the picture: Enter is Accept, not that button again.
  root.addEventListener("click", (event) => {
    const button = event.detail > 0 && event.target.closest("button");
    if (button && !button.closest("dialog")) root.querySelector("[data-stage]").focus({ preventScroll: true });
  });
  for (const button of root.querySelectorAll("[data-command]")) {
    button.addEventListener("click", () => commands[button.dataset.command]());
  }
}

// What happens elsewhere on the page: the status bar's news, and "open this image".
function mountPage({ root, store, session }) {
  let dataset = null;
  window.addEventListener("studio:status", ({ detail }) => {
    if (!root.isConnected) return;
    store.set({ pending: detail.preparing.pending });
    if (dataset !== null && detail.stamps.dataset !== dataset && !store.get("saving")) session.images.refresh();
    dataset = detail.stamps.dataset;
  });
  window.addEventListener("studio:open", ({ detail }) => root.isConnected && session.images.open(detail.id));
}
