// What is dropped or pasted anywhere on the page: images alone go onto the open canvas at once, everything
// else opens the import.

import { isAccepted } from "../../canvas/model/file_kinds.js";
import { find, h } from "../../canvas/panels/dom.js";
import { filesOfDrop, filesOfPaste } from "./files.js";

/** @import { Arrival } from "../../canvas/js/types.d.ts" */

/** Whether the Annotate tab is shown, and no dialog is over it. */
const onCanvas = () =>
  document.querySelector("#tab-annotate-button")?.getAttribute("aria-selected") === "true" && !document.querySelector("dialog[open]");

/** What the canvas takes as images: what its chooser offers. */
const isImage = (/** @type {File} */ file) => isAccepted(file, find(document, "[data-canvas] [data-files]", HTMLInputElement).accept);

/**
 * Listen on the whole page; `bring` gets what is for an import, with sentences on what could not be read.
 * @param {(arrivals: readonly Arrival[], unread: readonly string[]) => void} bring
 */
export function listen(bring) {
  const zone = h("div.ss-dropzone", { "aria-hidden": "true" }, h("p", {}, "Drop to bring these files in"));
  // A modal dialog lies over everything else on the page: the zone goes into it.
  const show = () => (document.querySelector("dialog[open]") ?? document.querySelector(".gradio-container .contain") ?? document.body).append(zone);

  window.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    if (!zone.isConnected) show();
  });
  window.addEventListener("dragleave", ({ relatedTarget }) => relatedTarget === null && zone.remove());
  window.addEventListener("drop", async (event) => {
    if (!carriesFiles(event) || !event.dataTransfer) return;
    event.preventDefault();
    zone.remove();
    const canvas = onCanvas();
    const { arrivals, unread, folders } = await filesOfDrop(event.dataTransfer);
    const plain = !folders && !unread.length && arrivals.every(({ file }) => isImage(file));
    if (canvas && plain) add(arrivals.map(({ file }) => file));
    else if (arrivals.length || unread.length) bring(arrivals, unread);
  });
  document.addEventListener("paste", (event) => {
    const files = event.clipboardData ? filesOfPaste(event.clipboardData) : [];
    if (!files.length) return;
    event.preventDefault();
    if (onCanvas() && files.every(isImage)) add(files);
    else bring(files.map((file) => ({ file, path: file.name })), []);
  });
  window.addEventListener("studio:import", ({ detail }) => bring(detail, []));
}

/** @param {readonly File[]} files */
function add(files) {
  window.dispatchEvent(new CustomEvent("studio:add", { detail: files }));
}

/** @param {DragEvent} event */
function carriesFiles(event) {
  return [...(event.dataTransfer?.types ?? [])].includes("Files");
}
