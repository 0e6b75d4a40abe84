// Puts the canvas together: finds its parts in the page and wires them.

import { Store } from "./model/state.js";
import { BrowserStorage } from "./sync/browser_storage.js";
import { Transport } from "./sync/transport.js";
import { Session } from "./actions/session.js";
import { KeyStorage } from "./sync/key_storage.js";
import { emptyWork } from "./sync/stored_work.js";
import { ToolRegistry } from "./tools/registry.js";
import { Bindings } from "./commands/bindings.js";
import { CommandRegistry } from "./commands/registry.js";
import { mountButtons } from "./panels/buttons.js";
import { mountCategories } from "./panels/category_chips.js";
import { mountDialogs } from "./panels/dialogs.js";
import { find } from "./panels/dom.js";
import { mountDisplay } from "./panels/display.js";
import { mountFollowing } from "./panels/following.js";
import { mountDraftCard } from "./panels/draft_card.js";
import { mountImageMarks } from "./panels/image_marks.js";
import { mountKeyList } from "./panels/key_list.js";
import { mountKeyNames } from "./panels/key_names.js";
import { mountHistory } from "./panels/history.js";
import { mountMarksConflict } from "./panels/marks_conflict.js";
import { mountNotes } from "./panels/notes.js";
import { mountObjectList } from "./panels/object_list.js";
import { mountOptions } from "./panels/options.js";
import { mountOtherWords } from "./panels/other_words.js";
import { mountSettings } from "./panels/settings.js";
import { mountShortcuts } from "./panels/shortcuts.js";
import { mountStage } from "./panels/stage.js";
import { mountStrip } from "./panels/strip.js";
import { mountTour } from "./panels/tour.js";
import { mountUploads } from "./panels/uploads.js";
import { mountStatus } from "./panels/status.js";

/** @import { App, Mounted } from "./types.d.ts" */

const PARTS = [
  mountButtons, mountShortcuts, mountKeyNames, mountKeyList, mountOtherWords, mountOptions, mountStatus, mountDialogs, mountCategories, mountDraftCard, mountObjectList, mountStrip, mountUploads,
  mountImageMarks, mountMarksConflict,
];

/**
 * Bring the canvas in `element` to life. `server`: gradio's server functions.
 * @param {Pick<Mounted, "element" | "server">} page
 */
export function mount({ element, server }) {
  const root = find(element, "[data-canvas]");
  const tools = new ToolRegistry();
  const [firstTool] = tools;
  const store = new Store({
    images: [], stray: null, listProblem: null, place: null, before: null, after: null, offset: 0, total: 0, limit: 200, query: {}, pending: [], image: null, picture: null, opened: false, ready: true,
    objects: [], pendingObjects: [], unsent: [], unsentMarks: {}, selection: [], hovered: null, ...emptyWork(),
    stroke: null, drag: null, cursor: null, outline: null, heldOutline: null, wire: null, preview: null, thinking: false, stalled: false, saving: false, nonPersistent: false,
    categories: [], category: "", tool: firstTool.id, many: false, keyboard: false, peeking: false, announcement: "",
    notice: null, conflict: null, marksConflict: null, connected: true, view: null,
  });
  const bindings = new Bindings(new KeyStorage());
  const session = new Session({ store, transport: new Transport(server), storage: new BrowserStorage(), bindings });
  const wired = { root, store, session, tools, bindings, commands: new CommandRegistry(tools, bindings), transport: session.core.transport };
  const app = { ...wired, stage: mountStage(wired), display: mountDisplay(wired), tour: mountTour(wired), history: mountHistory(wired), settings: mountSettings(wired), notes: mountNotes(wired) };
  for (const mountPart of PARTS) mountPart(app);
  mountPage(app);
  root.dataset.state = "mounted";
  session.start(mountFollowing(app));
  // For tests, benchmarks and extensions: what the canvas knows, where it draws, and what can be added to it.
  Object.assign(root, { samstudio: app });
}

// What happens elsewhere on the page: the status bar's news, and "open this image", perhaps at an object of it.
/** @param {App} app */
function mountPage({ root, store, session, stage }) {
  window.addEventListener("studio:status", ({ detail }) => {
    if (!root.isConnected) return;
    store.set({ pending: detail.preparing.pending });
    session.remoteChanges.heard(detail.stamps.dataset);
  });
  window.addEventListener("studio:categories", () => root.isConnected && session.images.refresh());
  window.addEventListener("studio:lost", () => root.isConnected && session.remoteChanges.lost());
  window.addEventListener("studio:open", async ({ detail }) => {
    if (!root.isConnected) return;
    if (detail.query) session.images.list(detail.query);
    await session.images.open(detail.id, detail.at);
    const object = store.get("objects").find((one) => one.id === detail.object);
    if (!object?.mask) return;
    const { x, y, w, h } = object.mask;
    store.set({ selection: [object.id] });
    stage.toBox([x, y, x + w - 1, y + h - 1]);
  });
}
