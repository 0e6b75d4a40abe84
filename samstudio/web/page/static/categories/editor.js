// The words of a category, to be changed: what its name means beside the others is said while it is typed.

import { h } from "../../canvas/panels/dom.js";
import { judged } from "./names.js";

/** @import { Category, Values } from "./wire.js" */

/**
 * @typedef {object} Editing
 * @property {() => readonly Category[]} all
 * @property {(category: Category, values: Values) => Promise<string | null>} save resolves to why it was not saved
 * @property {(category: Category, into: Category) => void} merge
 * @property {() => void} close
 */

/**
 * @param {Category} category
 * @param {Editing} how
 */
export function editor(category, { all, save, merge, close }) {
  const name = h("input.ss-field", { name: "name", value: category.name, maxlength: 100, autocomplete: "off", translate: "no", required: true });
  const group = h("input.ss-field", { name: "supercategory", value: category.supercategory, maxlength: 100, autocomplete: "off", translate: "no", list: "ss-supercategories" });
  const about = h("textarea.ss-field", { name: "description", maxlength: 2000, rows: 2, translate: "no" }, category.description);
  const note = h("div.ss-category-note", { role: "status", "aria-live": "polite" });
  const ok = h("button.ss-button.ss-primary.ss-small", { type: "submit" }, "Save");
  const known = [...new Set(all().map(({ supercategory }) => supercategory))].filter(Boolean).sort();

  const judge = () => {
    const verdict = judged(name.value, all(), category);
    const { taken, problem, hint } = verdict;
    ok.disabled = Boolean(problem);
    name.setAttribute("aria-invalid", String(Boolean(problem)));
    const instead = taken && h("button.ss-button.ss-small", { type: "button", onclick: () => merge(category, taken) }, `Merge into “${taken.name}”`);
    note.replaceChildren(...(problem ?? hint ? [h(`span.${problem ? "ss-bad" : "ss-quiet"}`, {}, problem ?? hint ?? ""), ...(instead ? [instead] : [])] : []));
    return verdict;
  };
  const submit = async () => {
    const verdict = judge();
    if (verdict.problem) return name.focus();
    ok.disabled = true;
    const why = await save(category, { name: verdict.name, supercategory: group.value, description: about.value });
    ok.disabled = false;
    return why === null ? undefined : note.replaceChildren(h("span.ss-bad", { role: "alert" }, why));
  };

  const form = h(
    "form.ss-category-form",
    { "data-form": "edit" },
    labelled("Name", name),
    labelled("Supercategory", group),
    labelled("Description", about, ".ss-wide"),
    h("datalist", { id: "ss-supercategories", translate: "no" }, known.map((value) => h("option", { value }))),
    note,
    h("div.ss-row", {}, h("button.ss-button.ss-small", { type: "button", onclick: close }, "Cancel"), ok),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
  });
  name.addEventListener("input", judge);
  queueMicrotask(() => name.select());
  return form;
}

/**
 * @param {string} text
 * @param {HTMLElement} field
 * @param {string} [kind]
 */
function labelled(text, field, kind = "") {
  return h(`label${kind}`, {}, h("span", {}, text), field);
}
