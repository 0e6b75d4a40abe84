// The export's dialog: a format, what of the dataset goes out, and what was left out of it.

import { closest, h } from "../../canvas/panels/dom.js";
import { Frame, button, primary, problem } from "../importing/frame.js";
import { progress } from "../importing/views.js";
import { loaded } from "./dataset.js";
import { download } from "./download.js";
import { ExportForm } from "./form.js";

/** @import { Exported, Only } from "./download.js" */
/** @import { Format } from "./form.js" */

/** Some of the images: what says which, and which. */
/** @typedef {{ words: string, only: () => Promise<Only> }} Some */

/** Once for the whole page: buttons with `data-export`, which holds the formats as JSON, open the dialog. */
export function mountExport() {
  document.addEventListener("click", (event) => {
    const button = closest(event, "[data-export]");
    if (button) openExport(JSON.parse(button.dataset.export ?? "[]"));
  });
}

/**
 * @param {readonly Format[]} formats
 * @param {Some} [some] of the dataset's images alone
 */
export async function openExport(formats, some) {
  const { error, ...dataset } = await loaded();
  const form = new ExportForm(formats, dataset);
  const stopping = new AbortController();
  const close = () => {
    stopping.abort();
    frame.close();
    frame.dialog.remove();
  };
  const frame = new Frame("Export", close);
  const which = some ? h("p.ss-lead", {}, some.words) : null;
  frame.dialog.classList.add("ss-export");

  const choose = (/** @type {string} */ why = "") => {
    frame.busy = false;
    frame.draw([why ? problem(why) : null, which, form.element], [button("Close", close), primary("Export", run)]);
    if (why) frame.body.scrollTop = 0;
  };
  const run = async () => {
    const missing = form.incomplete();
    if (missing) return choose(missing);
    frame.wait("Writing the export", [button("Cancel", close)]);
    try {
      await form.save();
      const done = await download(form.choice(), { signal: stopping.signal, onProgress, only: await some?.only() });
      frame.busy = false;
      return frame.draw(outcome(done), [button("Export more", () => choose()), button("Close", close)]);
    } catch (error) {
      return stopping.signal.aborted ? undefined : choose(error instanceof Error ? error.message : String(error));
    }
  };
  const onProgress = (/** @type {number} */ done, /** @type {number | null} */ total) => {
    const far = total ? `Downloading: ${done.toFixed(1)} of ${total.toFixed(1)} MB` : `Downloading: ${done.toFixed(1)} MB`;
    frame.body.replaceChildren(progress(far, total ? done / total : null));
  };
  form.element.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  frame.show();
  choose(error);
}

/** @param {Exported} done */
function outcome({ name, notes }) {
  const list = h("ul.ss-outcomes", {}, notes.map((note) => h("li", {}, h("p", {}, note))));
  return [h("div.ss-say.ss-good", { role: "status" }, `${name} was saved.`), notes.length ? h("h3", {}, "To know") : null, notes.length ? list : null];
}
