// Bringing images in: chosen, dropped or pasted ones, one by one, or the samples. Whatever is no image is
// for an import, and handed on.

import { isAccepted } from "../model/file_kinds.js";
import { apiUrl } from "../sync/http.js";
import { sendPatiently } from "../sync/sending.js";
import { isLost, messageOf } from "../sync/transport.js";
import { find } from "./dom.js";
import { summary } from "./upload_summary.js";

/** @import { App, Uploaded } from "../types.d.ts" */
/** @import { Outcome } from "./upload_summary.js" */

const ONCE = /** @type {readonly number[]} */ ([]);

/** @param {App} app */
export function mountUploads({ root, store, session, transport }) {
  const chooser = find(root, "[data-files]", HTMLInputElement);
  const progress = find(root, "[data-upload]");
  const bar = find(progress, "progress", HTMLProgressElement);
  const text = find(progress, "span");
  /** @type {Promise<void>} */
  let queue = Promise.resolve();

  /**
   * @param {number} done
   * @param {number} total
   * @param {number} fraction
   */
  const show = (done, total, fraction) => {
    progress.hidden = done >= total;
    bar.value = total ? (done + fraction) / total : 0;
    text.textContent = `Adding ${Math.min(done + 1, total)} of ${total}`;
  };

  /** @param {readonly File[]} files */
  const add = async (files) => {
    /** @type {Outcome[]} */
    const outcomes = [];
    const before = new Set(store.get("images").map(({ id }) => id));
    for (const [index, file] of files.entries()) {
      show(index, files.length, 0);
      // A server that was away for one file is asked once for each of the others: they are not given up for it.
      const away = outcomes.at(-1)?.kind === "unsent";
      outcomes.push(await sent(file, (fraction) => show(index, files.length, fraction), before, away ? ONCE : undefined));
    }
    await session.images.refresh();
    const first = outcomes.find(({ id }) => id)?.id;
    if (first) await session.images.open(first);
    show(files.length, files.length, 0);
    store.set({ notice: summary(outcomes, enqueue) });
  };

  /** @param {readonly File[]} files */
  const enqueue = (files) => {
    if (files.length) queue = queue.then(() => add(files)).catch((error) => session.core.say(error));
  };

  const samples = async () => {
    text.textContent = "Adding the sample images";
    bar.removeAttribute("value");
    progress.hidden = false;
    try {
      const { image_id: first } = await transport.call("add_samples");
      await session.images.refresh();
      if (first) await session.images.open(first);
    } catch (error) {
      session.core.say(error);
    } finally {
      progress.hidden = true;
    }
  };

  chooser.addEventListener("change", () => {
    const files = [...(chooser.files ?? [])];
    chooser.value = "";
    if (files.every((file) => isAccepted(file, chooser.accept))) return enqueue(files);
    const detail = files.map((file) => ({ file, path: file.name }));
    return window.dispatchEvent(new CustomEvent("studio:import", { detail }));
  });
  for (const button of root.querySelectorAll("[data-choose]")) button.addEventListener("click", () => chooser.click());
  for (const button of root.querySelectorAll("[data-samples]")) button.addEventListener("click", samples);
  window.addEventListener("studio:add", ({ detail }) => root.isConnected && enqueue(detail));
}

/**
 * Send one image, and say what became of it. `before`: the images that were known before any was sent.
 * @param {File} file
 * @param {(fraction: number) => void} onProgress
 * @param {ReadonlySet<string>} before
 * @param {readonly number[]} [waits]
 * @returns {Promise<Outcome>}
 */
async function sent(file, onProgress, before, waits) {
  const url = apiUrl(`images?all_pages=true&filename=${encodeURIComponent(file.name)}`);
  try {
    /** @type {{ reply: Uploaded, lost: boolean }} */
    const { reply, lost } = await sendPatiently(file, { method: "POST", url, onProgress }, waits);
    // Where an answer was lost, it may have been this very sending that stored it.
    const added = reply.created || (lost && !before.has(reply.image.id));
    const notes = [...(reply.refused ?? []), ...(reply.notes ?? [])];
    return { file, kind: added ? "added" : "known", id: reply.image.id, text: "", notes };
  } catch (error) {
    return { file, kind: isLost(error) ? "unsent" : "refused", id: null, text: messageOf(error), notes: [] };
  }
}
