// The export's dialog: a format, what of the dataset goes out, and what was left out of it.

import { closest, findAll, h } from "../../canvas/panels/dom.js";
import { apiUrl, fetchJson } from "../../canvas/sync/http.js";
import { Frame, button, primary, problem } from "../importing/frame.js";
import { progress } from "../importing/views.js";
import { download } from "./download.js";

/** @import { Reply } from "../../canvas/sync/http.js" */
/** @import { ExportChoice, Exported } from "./download.js" */

/** @typedef {{ name: string, label: string, description: string }} Format */

/** Once for the whole page: buttons with `data-export`, which holds the formats as JSON, open the dialog. */
export function mountExport() {
  document.addEventListener("click", (event) => {
    const button = closest(event, "[data-export]");
    if (button) open(JSON.parse(button.dataset.export ?? "[]"));
  });
}

/** @param {readonly Format[]} formats */
async function open(formats) {
  /** @type {Reply<{ items: { name: string }[] }>} */
  const reply = await fetchJson(apiUrl("categories"), { lost: "The categories could not be loaded." });
  const categories = reply.error === undefined ? reply.items.map(({ name }) => name) : [];
  const form = h("form", {}, formatPart(formats), objectsPart(), categoriesPart(categories), imagesPart());
  const stopping = new AbortController();
  const close = () => {
    stopping.abort();
    frame.close();
    frame.dialog.remove();
  };
  const frame = new Frame("Export", close);
  frame.dialog.classList.add("ss-export");

  const choose = (/** @type {string} */ why = "") => {
    frame.busy = false;
    frame.draw([why ? problem(why) : null, form], [button("Close", close), primary("Export", run)]);
  };
  const run = async () => {
    const choice = chosen(form, categories);
    const missing = incomplete(choice);
    if (missing) return choose(missing);
    frame.wait("Writing the export", [button("Cancel", close)]);
    const onProgress = (/** @type {number} */ done, /** @type {number | null} */ total) => {
      const far = total ? `Downloading: ${done.toFixed(1)} of ${total.toFixed(1)} MB` : `Downloading: ${done.toFixed(1)} MB`;
      frame.body.replaceChildren(progress(far, total ? done / total : null));
    };
    try {
      const done = await download(choice, { signal: stopping.signal, onProgress });
      frame.busy = false;
      return frame.draw(outcome(done), [button("Export more", () => choose()), button("Close", close)]);
    } catch (error) {
      return stopping.signal.aborted ? undefined : choose(error instanceof Error ? error.message : String(error));
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  frame.show();
  choose(reply.error ?? "");
}

/** @param {readonly Format[]} formats */
function formatPart(formats) {
  const choice = (/** @type {Format} */ { name, label, description }, /** @type {number} */ index) =>
    h(
      "label.ss-format",
      {},
      h("input", { type: "radio", name: "format", value: name, checked: index === 0 }),
      h("span", {}, h("strong", {}, label), h("span.ss-quiet", {}, description)),
    );
  return h("div.ss-formats.ss-two", { role: "radiogroup", "aria-label": "Format" }, formats.map(choice));
}

/**
 * @param {string} name
 * @param {string} value
 * @param {boolean} checked
 * @param {string} label
 * @param {"yes" | "no"} [translate]
 */
function check(name, value, checked, label, translate = "yes") {
  return h("label.ss-check", {}, h("input", { type: "checkbox", name, value, checked }), h("span", { translate: translate === "no" ? "no" : null }, label));
}

function objectsPart() {
  const boxes = [check("status", "accepted", true, "Accepted"), check("status", "proposed", false, "Proposed"), check("status", "rejected", false, "Rejected")];
  return h("fieldset", {}, h("legend", {}, "Objects"), h("div.ss-checks", {}, boxes));
}

/** @param {readonly string[]} categories */
function categoriesPart(categories) {
  if (categories.length < 2) return null;
  const boxes = categories.map((name) => check("category", name, true, name, "no"));
  return h("fieldset", {}, h("legend", {}, "Categories"), h("div.ss-checks.ss-many", {}, boxes));
}

function imagesPart() {
  const boxes = [check("images", "yes", true, "With the image files"), check("empty", "yes", false, "Also images that have no object")];
  return h("fieldset", {}, h("legend", {}, "Images"), h("div.ss-checks", {}, boxes));
}

/**
 * @param {HTMLFormElement} form
 * @param {readonly string[]} categories
 * @returns {ExportChoice}
 */
function chosen(form, categories) {
  const of = (/** @type {string} */ name) => findAll(form, `[name="${name}"]:checked`, HTMLInputElement).map(({ value }) => value);
  const some = of("category");
  // All of them is no choice: what is added meanwhile goes out too.
  const category = some.length === categories.length || categories.length < 2 ? [] : some;
  const none = categories.length > 1 && !some.length;
  return { format: of("format")[0], status: of("status"), category: none ? [""] : category, images: of("images").length > 0, withEmpty: of("empty").length > 0 };
}

/** @param {ExportChoice} choice */
function incomplete({ status, category }) {
  if (!status.length) return "Choose at least one kind of objects.";
  return category[0] === "" ? "Choose at least one category." : "";
}

/** @param {Exported} done */
function outcome({ name, notes }) {
  const list = h("ul.ss-outcomes", {}, notes.map((note) => h("li", {}, h("p", {}, note))));
  return [h("div.ss-say.ss-good", { role: "status" }, `${name} was saved.`), notes.length ? h("h3", {}, "To know") : null, notes.length ? list : null];
}
