// The rows, kept where nothing about them has changed: what is typed, focused or open in one stays.

import { h } from "../../canvas/panels/dom.js";
import { row } from "./row.js";

/** @import { Category } from "./wire.js" */
/** @import { Acts } from "./row.js" */

const MANY = 12; // from so many categories on there is a field to find one

export class CategoryList {
  /** @param {Acts} acts */
  constructor(acts) {
    this.acts = acts;
    this.element = h("ul.ss-categories", { "aria-label": "Categories in their order" });
    this.search = h("input.ss-field", { type: "search", placeholder: "Find a category", "aria-label": "Find a category" });
    this.search.addEventListener("input", () => this.draw(this.items));
    /** @type {readonly Category[]} */
    this.items = [];
    /** @type {Map<number, { drawn: string, element: HTMLElement }>} */
    this.rows = new Map();
    /** @type {{ id: number, form: HTMLElement } | null} */
    this.opened = null;
  }

  /** @param {readonly Category[]} items */
  draw(items) {
    this.items = items;
    const focused = this.#focused();
    this.search.hidden = items.length < MANY && !this.search.value;
    const words = this.search.value.trim().toLowerCase();
    const shown = items.filter((one) => textOf(one).includes(words) || one.id === this.opened?.id);
    for (const [id, { element }] of this.rows) {
      if (shown.some((one) => one.id === id)) continue;
      element.remove();
      this.rows.delete(id);
    }
    for (const [index, one] of shown.entries()) this.#place(one, items.indexOf(one) + 1, index);
    if (focused && !this.element.contains(document.activeElement)) this.#focus(focused.id, focused.act);
  }

  /**
   * Show a form in a category's row; null: in none.
   * @param {Category | null} category
   * @param {HTMLElement} [form]
   */
  open(category, form) {
    const before = this.opened;
    before?.form.remove();
    this.opened = category && form ? { id: category.id, form } : null;
    if (category && form) this.rows.get(category.id)?.element.append(form);
    for (const [id, { element }] of this.rows) element.classList.toggle("ss-open", id === this.opened?.id);
    if (before && !this.opened) this.#focus(before.id, "name");
  }

  /** @param {number} id */
  show(id) {
    if (!this.rows.has(id)) this.search.value = "";
    this.draw(this.items);
    this.rows.get(id)?.element.scrollIntoView({ block: "nearest" });
  }

  /**
   * @param {Category} category
   * @param {number} place
   * @param {number} index
   */
  #place(category, place, index) {
    const drawn = JSON.stringify([category, place]);
    let one = this.rows.get(category.id);
    if (one?.drawn !== drawn) {
      const element = row(category, place, this.acts);
      if (this.opened?.id === category.id) element.append(this.opened.form);
      element.classList.toggle("ss-open", this.opened?.id === category.id);
      if (one) one.element.replaceWith(element);
      this.rows.set(category.id, (one = { drawn, element }));
    }
    if (this.element.children[index] !== one.element) this.element.insertBefore(one.element, this.element.children[index] ?? null);
  }

  #focused() {
    const { activeElement } = document;
    if (!(activeElement instanceof HTMLElement) || !this.element.contains(activeElement)) return null;
    const id = Number(activeElement.closest("[data-id]")?.getAttribute("data-id"));
    return { id, act: activeElement.dataset.act ?? (activeElement.dataset.move === undefined ? "" : "move") };
  }

  /**
   * @param {number} id
   * @param {string} act
   */
  #focus(id, act) {
    const element = this.rows.get(id)?.element.querySelector(act === "move" ? "[data-move]" : `[data-act="${act}"]`);
    if (element instanceof HTMLElement) element.focus();
  }
}

/** @param {Category} category */
function textOf({ name, supercategory, description, former_names }) {
  return [name, supercategory, description, ...former_names].join(" ").toLowerCase();
}
