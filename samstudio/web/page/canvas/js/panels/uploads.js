// Bringing images in: chosen or dropped files one by one, or the samples.

import { isLost, messageOf, sendFile } from "../sync/transport.js";
import { find } from "./dom.js";

/** @import { App, Notice } from "../types.d.ts" */

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
    /** @type {string[]} */
    const refused = [];
    /** @type {string | null} */
    let added = null;
    let known = 0;
    for (const [index, file] of files.entries()) {
      show(index, files.length, 0);
      try {
        const reply = await sendFile(file, (fraction) => show(index, files.length, fraction));
        added ??= reply.image.id;
        known += reply.created ? 0 : 1;
      } catch (error) {
        refused.push(messageOf(error));
        if (isLost(error)) break;
      }
    }
    await session.images.refresh();
    if (added) await session.images.open(added);
    show(files.length, files.length, 0);
    store.set({ notice: summary(files.length, refused, known) });
  };

  /** @param {FileList | null} list */
  const enqueue = (list) => {
    const files = [...(list ?? [])];
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
    enqueue(chooser.files);
    chooser.value = "";
  });
  for (const button of root.querySelectorAll("[data-choose]")) button.addEventListener("click", () => chooser.click());
  for (const button of root.querySelectorAll("[data-samples]")) button.addEventListener("click", samples);
  mountDrop(root, enqueue);
}

/**
 * @param {HTMLElement} root
 * @param {(list: FileList | null) => void} enqueue
 */
function mountDrop(root, enqueue) {
  /** @param {DragEvent} event */
  const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  root.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    root.classList.add("ss-dropping");
  });
  root.addEventListener("dragleave", (event) => {
    if (!(event.relatedTarget instanceof Node && root.contains(event.relatedTarget))) root.classList.remove("ss-dropping");
  });
  root.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    root.classList.remove("ss-dropping");
    enqueue(event.dataTransfer?.files ?? null);
  });
}

/**
 * @param {number} sent
 * @param {readonly string[]} refused
 * @param {number} known
 * @returns {Notice | null}
 */
function summary(sent, refused, known) {
  const good = sent - refused.length;
  if (refused.length && sent === 1) return { kind: "error", text: refused[0] };
  if (refused.length) {
    const text = good ? `${good} of ${sent} images were added. These were not:` : "No image was added:";
    return { kind: "error", text, items: refused };
  }
  if (known === sent) {
    const text = sent === 1 ? "This image is already here; it was not added twice." : "These images are already here; none was added twice.";
    return { kind: "hint", text };
  }
  return null;
}
