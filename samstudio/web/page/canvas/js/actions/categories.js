// The category that the next object gets. What is shown follows categories that were renamed, recoloured or merged.

/** @import { Category } from "../types.d.ts" */
/** @import { Core } from "./core.js" */

const FIRST = { name: "object", color: "#e6553f" }; // as services/annotations/categories.py makes the first one

export class Categories {
  /** @param {Core} core */
  constructor(core) {
    this.core = core;
    this.store = core.store;
    this.transport = core.transport;
    /** @type {readonly string[]} */
    this.known = [];
    core.store.on(["categories"], () => this.follow());
  }

  /** @param {string} [name] */
  choose(name = this.store.get("category")) {
    const [first] = this.store.get("categories");
    this.store.set({ category: this.find(name)?.name ?? (name || (first?.name ?? FIRST.name)) });
  }

  /** They are others than before: what has gone is no longer chosen, and objects that are shown get the new words and colours. */
  follow() {
    const { category, categories, objects } = this.store.values;
    this.choose(this.known.includes(category) && !this.find(category) ? "" : category);
    this.known = categories.map(({ name }) => name);
    const now = objects.map((one) => {
      const its = categories.find(({ id }) => id === one.category_id) ?? this.find(one.category);
      return !its || (its.name === one.category && its.color === one.color) ? one : { ...one, category: its.name, color: its.color };
    });
    if (now.some((one, i) => one !== objects[i])) this.store.set({ objects: now });
  }

  /** @param {string} name */
  async create(name) {
    try {
      const { categories } = await this.transport.call("add_category", { name });
      this.store.set({ categories, category: name });
    } catch (error) {
      this.core.say(error);
    }
  }

  get color() {
    return this.colorOf(this.store.get("category"));
  }

  /** @param {string} name */
  colorOf(name) {
    return this.find(name)?.color ?? FIRST.color;
  }

  /**
   * The category of a name, or of a name that it had.
   * @param {string} name
   * @returns {Category | undefined}
   */
  find(name) {
    const all = this.store.get("categories");
    return all.find((one) => one.name === name) ?? all.find(({ formerly = [] }) => formerly.includes(name));
  }
}
