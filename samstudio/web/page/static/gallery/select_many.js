// Wires what selects images and acts on many of them: the selection, its keys, its bar, the actions that are being done.

import { openExport } from "../exporting/main.js";
import { Bar } from "./bar.js";
import { imagesOf } from "./outcomes.js";
import { openRecent } from "./recent.js";
import { Runs } from "./runs.js";
import { selectByKeys } from "./select_keys.js";
import { Selecting } from "./selecting.js";

/** @import { Part } from "../../canvas/js/types.d.ts" */
/** @import { Grid } from "./grid.js" */
/** @import { ImageList } from "./image_list.js" */
/** @import { Message } from "./message.js" */
/** @import { Call } from "./types.d.ts" */

/**
 * @param {{ part: Part, grid: Grid, list: ImageList, call: Call, refresh: () => Promise<void>, message: Message }} gallery
 * @returns {Selecting}
 */
export function selectMany({ part, grid, list, call, refresh, message }) {
  const failed = (/** @type {unknown} */ error) => message.failed(error);
  const runs = new Runs(part("runs"), { call, changed: refresh, failed });
  const inTrash = () => Boolean(list.query.trashed);

  const selecting = new Selecting({
    grid, list, call, failed,
    changed: (totals) => {
      bar.draw({ count: selecting.count, total: list.total, trashed: inTrash(), totals });
      part("gallery").classList.toggle("ss-selecting", selecting.count > 0);
    },
  });
  const focus = () => grid.scroller.focus({ preventScroll: true });
  const run = (/** @type {string} */ action, /** @type {string} */ value) => {
    runs.start(action, value, selecting.wire());
    focus();
  };
  const bar = new Bar(part("chosen"), {
    call,
    failed,
    told: {
      run,
      all: () => { selecting.all(); focus(); },
      clear: () => { selecting.clear(); focus(); },
      exports: () => exportSelected(part, selecting, call),
    },
  });
  const remove = () => {
    if (!selecting.count) return false;
    run(inTrash() ? "restore" : "delete", "");
    return true;
  };
  const undo = () => {
    if (!runs.undoLast()) part("message").querySelector("button")?.click();
  };
  selectByKeys(part("gallery"), selecting, { undo, remove });
  part("recent").addEventListener("click", () => openRecent(call, runs));
  runs.resume();
  return selecting;
}

/**
 * @param {Part} part
 * @param {Selecting} selecting
 * @param {Call} call
 */
function exportSelected(part, selecting, call) {
  const { query, numbers, others } = selecting.wire();
  const only = async () => {
    const { ids } = await call("selection_ids", { numbers });
    return others ? { query, without: ids } : { images: ids };
  };
  openExport(JSON.parse(part("export").dataset.export ?? "[]"), { words: `Only what is selected: ${imagesOf(selecting.count)}`, only });
}
