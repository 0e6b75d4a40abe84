// Buttons inside server-rendered HTML: `data-act` asks Python to act (with
// `data-confirm` only after a yes), `data-open` opens an image on the canvas
// (with `data-at`, at that object), `data-tab` shows another tab, `data-upload` sends a chosen file to a route of
// the REST API and hands the answer to Python as the act `uploaded`.

import { closest, findAll } from "../canvas/panels/dom.js";
import { showTab } from "../canvas/panels/tabs.js";
import { apiUrl, fetchJson } from "../canvas/sync/http.js";

/** @import { Reply } from "../canvas/sync/http.js" */
/** @import { Mounted, Query, Trigger } from "../canvas/js/types.d.ts" */

/** @param {Mounted} page */
export function mount({ element, trigger }) {
  element.addEventListener("click", async (event) => {
    const button = closest(event, "[data-act], [data-open], [data-tab], [data-upload]");
    if (!button || (button instanceof HTMLButtonElement && button.disabled)) return;
    const { act, open, at, tab, upload, confirm, ...rest } = button.dataset;
    if (open) openImage(open, at);
    else if (tab) showTab(tab);
    else if (upload && button instanceof HTMLButtonElement) chooseFile(button, trigger);
    else if (!confirm || (await agreed(confirm, button.textContent.trim() || (button.getAttribute("aria-label") ?? "")))) {
      trigger("act", { act, ...rest });
    }
  });
}

// A menu closes when anything outside it is pressed, one of its links is, or Escape.
document.addEventListener("click", (event) => closeMenus((menu) => !isInside(event, menu) || closest(event, "a") !== null));
document.addEventListener("keydown", ({ key }) => key === "Escape" && closeMenus(() => true));

/**
 * @param {Event} event
 * @param {Element} element
 */
function isInside({ target }, element) {
  return target instanceof Node && element.contains(target);
}

/** @param {(menu: Element) => boolean} which */
function closeMenus(which) {
  for (const menu of findAll(document, ".ss-menu[open]", HTMLDetailsElement)) if (which(menu)) menu.open = false;
}

/**
 * @param {HTMLButtonElement} button
 * @param {Trigger} trigger
 */
function chooseFile(button, trigger) {
  const { accept = "", upload = "" } = button.dataset;
  const input = document.createElement("input");
  input.type = "file";
  input.accept = accept;
  input.addEventListener("change", async () => {
    const [file] = input.files ?? [];
    if (!file) return;
    const label = [...button.childNodes];
    button.disabled = true;
    button.replaceChildren("Importing…");
    const reply = await send(file, upload);
    trigger("act", { act: "uploaded", ...(reply.error === undefined ? { number: reply.number } : reply) });
    button.disabled = false;
    button.replaceChildren(...label);
  });
  input.click();
}

/**
 * Send a file to an upload route of the REST API.
 * @param {File} file
 * @param {string} path
 * @returns {Promise<Reply<{ number: number }>>}
 */
function send(file, path) {
  const lost = `${file.name} could not be sent: is the server still running?`;
  const headers = { "Content-Type": "application/octet-stream" };
  return fetchJson(apiUrl(`${path}?filename=${encodeURIComponent(file.name)}`), { lost, method: "POST", headers, body: file });
}

/**
 * Open an image on the canvas; where an object of it is named, at that object.
 * @param {string} id
 * @param {string | number} [object]
 * @param {{ query?: Query, at?: string }} [list] the list that the image is opened from, and the cursor with which it was found in it
 */
export function openImage(id, object, list = {}) {
  window.dispatchEvent(new CustomEvent("studio:open", { detail: { id, object: object ? Number(object) : null, ...list } }));
  showTab("annotate");
}

/**
 * Ask in a dialog of our own; resolves to whether the person said yes.
 * @param {string} question
 * @param {string} yes
 * @returns {Promise<boolean>}
 */
export function agreed(question, yes) {
  return new Promise((resolve) => {
    const dialog = document.createElement("dialog");
    dialog.className = "ss-dialog";
    const text = document.createElement("p");
    text.textContent = question;
    const row = document.createElement("div");
    row.className = "ss-row";
    for (const [label, value, style] of [["Cancel", "no", ""], [yes, "yes", " ss-primary"]]) {
      const button = document.createElement("button");
      button.className = `ss-button${style}`;
      button.textContent = label;
      button.addEventListener("click", () => dialog.close(value));
      row.append(button);
    }
    dialog.append(text, row);
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    // Inside .contain, where Gradio scopes the page's style sheets to.
    (document.querySelector(".gradio-container .contain") ?? document.body).append(dialog);
    dialog.showModal();
  });
}
