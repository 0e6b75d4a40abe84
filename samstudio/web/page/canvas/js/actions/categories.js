// The category that the next object gets.

/** @import { Core } from "./core.js" */

const FIRST = { name: "object", color: "#e6553f" }; // as services/annotations/categories.py makes the first one

export class Categories {
  /** @param {Core} core */
  constructor(core) {
    this.core = core;
    this.store = core.store;
    this.transport = core.transport;
    core.store.on(["categories"], () => this.choose());
  }

  /** @param {string} [name] */
  choose(name = this.store.get("category")) {
    const known = this.store.get("categories").map((c) => c.name);
    this.store.set({ category: name || known[0] || FIRST.name });
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
    return this.store.get("categories").find((c) => c.name === name)?.color ?? FIRST.color;
  }
}
