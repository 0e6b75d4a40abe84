// The dialog of the categories: a list of them in their order, and what can be done to each. Every change ends in a line of
// what it did, with a way back; what other pages change is shown as it comes, and nothing that is typed here goes with it.

import { h } from "../../canvas/panels/dom.js";
import { Frame, primary } from "../importing/frame.js";
import { showTab } from "../../canvas/panels/tabs.js";
import { editor } from "./editor.js";
import { deleteForm, mergeForm } from "./leaving.js";
import { CategoryList } from "./list.js";
import { CategoryMessage } from "./message.js";
import { NewCategory } from "./adding.js";
import { mountOrder, placeAfter } from "./order.js";
import { added, deleted, merged, placed, recoloured, renamed, takenBack } from "./said.js";
import * as wire from "./wire.js";

/** @import { Reply } from "../../canvas/sync/http.js" */
/** @import { Kind } from "./row.js" */
/** @import { Category, Changed, Run, Values } from "./wire.js" */

export class CategoriesDialog {
  constructor() {
    this.frame = new Frame("Categories", () => this.close());
    this.frame.dialog.classList.add("ss-category-dialog");
    this.message = new CategoryMessage();
    this.list = new CategoryList({ open: (one, kind) => this.openRow(one, kind), recolour: (one, color) => this.recolour(one, color), find: (one) => this.find(one) });
    this.adding = new NewCategory({ all: () => this.items, add: (name) => this.add(name) });
    /** @type {Category[]} */
    this.items = [];
    /** @type {Run[]} */
    this.undoable = [];
    /** @type {Category | undefined} */
    this.seen = undefined; // what a form was refused for
    this.moving = false; // a row is being moved, and where to is not known yet
    this.stamp = "";
    this.turn = Promise.resolve();
    this.order = mountOrder(this.list.element, { moved: (id, after, next) => this.move(id, after, next), busy: (is) => (this.moving = is) });
    this.frame.dialog.addEventListener("keydown", (event) => this.#key(event));
    window.addEventListener("studio:status", ({ detail }) => this.heard(detail.stamps.dataset));
  }

  async open() {
    if (this.frame.isOpen) return;
    const head = h("div.ss-category-head", {}, this.adding.element, this.list.search);
    const heads = h("div.ss-category-heads", { "aria-hidden": "true" }, ...["Key", "Category", "Objects", "Images"].map((text) => h("span", {}, text)));
    const scroller = h("div.ss-category-scroll", { "data-scroll": "" }, heads, this.list.element);
    this.frame.show();
    this.frame.draw([head, this.message.element, scroller], [primary("Close", () => this.close())]);
    await this.load();
  }

  close() {
    this.order.flush();
    this.list.open(null);
    this.frame.close();
    this.frame.dialog.remove();
  }

  async load() {
    const reply = await wire.categories();
    if (reply.error !== undefined) return this.message.failed(reply.error);
    return this.show(reply.items);
  }

  /** @param {Category[]} items */
  show(items) {
    this.items = items;
    const { opened } = this.list;
    if (opened && !items.some(({ id }) => id === opened.id)) {
      this.list.open(null);
      this.message.failed("Somebody has deleted this category, or merged it into another one.");
    }
    if (!this.moving) this.list.draw(items);
    this.adding.judge();
    this.#keepFocus();
  }

  // What had the focus may be gone, with its row or the message that it was in.
  #keepFocus() {
    const { dialog, isOpen } = this.frame;
    const last = dialog.querySelector(".ss-import-foot .ss-primary");
    if (isOpen && !dialog.contains(document.activeElement) && last instanceof HTMLElement) last.focus();
  }

  /**
   * News of the dataset; counted anew only while this is looked at.
   * @param {string} stamp
   */
  async heard(stamp) {
    if (!this.frame.isOpen || stamp === this.stamp || this.moving) return;
    this.stamp = stamp;
    await this.load();
  }

  /**
   * @param {Category} category
   * @param {Kind} kind
   */
  openRow(category, kind) {
    this.list.open(category, this.#form(category, kind, null));
  }

  /**
   * @param {Category} category
   * @param {Kind} kind
   * @param {Category | null} into
   */
  #form(category, kind, into) {
    const how = {
      all: () => this.items,
      close: () => this.list.open(null),
      merge: (/** @type {Category} */ from, /** @type {Category} */ to) => this.merge(from, to),
      remove: (/** @type {Category} */ one, /** @type {"reject" | "leave"} */ objects) => this.remove(one, objects),
    };
    if (kind === "merge") return mergeForm(category, into, how);
    if (kind === "delete") return deleteForm(category, how);
    const merge = (/** @type {Category} */ from, /** @type {Category} */ to) => this.list.open(from, this.#form(from, "merge", to));
    return editor(category, { ...how, merge, save: (one, values) => this.save(one, values) });
  }

  /** @param {string} name */
  add(name) {
    return this.#change(() => wire.add(name), ({ items }) => added(name, items.length), () => this.list.show(this.items.at(-1)?.id ?? 0));
  }

  /**
   * Resolves to why it was not saved. Where someone else has changed it meanwhile, saving once more is the answer.
   * @param {Category} category as it was when the form was opened, or when it was last refused
   * @param {Values} values
   */
  async save(category, values) {
    const seen = this.seen?.id === category.id ? this.seen : category;
    const { opened } = this.list;
    const close = () => this.list.opened === opened && this.list.open(null); // another form may be open by now
    const why = await this.#change(() => wire.change(seen, values), ({ items }) => renamed(category, byId(items, category.id) ?? category), close);
    const now = byId(this.items, category.id);
    this.seen = why !== null && now ? now : undefined;
    if (why !== null && this.list.opened !== opened) this.message.failed(why); // its form is gone
    if (why === null || !now || now.revision === seen.revision) return why;
    return `Somebody else has changed it meanwhile; it is called “${now.name}” now. Save once more to have it your way.`;
  }

  /**
   * @param {Category} category
   * @param {string} color
   */
  recolour({ id }, color) {
    const now = byId(this.items, id);
    if (now) this.#told(this.#change(() => wire.change(now, { color }), () => recoloured(now)));
  }

  /**
   * @param {number} id
   * @param {number | null} after
   * @param {number | null} next
   */
  move(id, after, next) {
    const all = this.items.map((one) => one.id);
    const before = placeAfter(all, id, after, next);
    const category = byId(this.items, id);
    if (!category || before === (all[all.indexOf(id) + 1] ?? null)) return;
    this.#told(this.#change(() => wire.move(id, before), ({ items }) => placed(category, items.findIndex((one) => one.id === id) + 1)));
  }

  /**
   * @param {Category} from
   * @param {Category} into
   */
  merge(from, into) {
    this.list.open(null);
    return this.#long(() => wire.merge(from.id, into.id), merged(from, into));
  }

  /**
   * @param {Category} category
   * @param {"reject" | "leave"} how
   */
  remove(category, how) {
    this.list.open(null);
    return this.#long(() => wire.remove(category.id, how), deleted(category, how));
  }

  /** Show the images that have objects of a category. @param {Category} category */
  find({ name }) {
    this.close();
    location.hash = `#dataset?${new URLSearchParams({ category: name })}`;
    showTab("dataset");
  }

  async undo() {
    const run = this.undoable.pop();
    if (!run) return;
    await this.#inTurn(async () => {
      const reply = await wire.undo(run);
      if (reply.error !== undefined || reply.problem) this.message.failed(reply.error ?? reply.problem ?? "");
      else this.message.done(takenBack(reply), null);
      await this.#changed();
    });
  }

  /**
   * One change after the other. Resolves to why it was not made; null: it was.
   * @param {() => Promise<Reply<Changed>>} work
   * @param {(changed: Changed) => string} say
   * @param {() => unknown} [then]
   * @returns {Promise<string | null>}
   */
  #change(work, say, then = () => {}) {
    return this.#inTurn(async () => {
      const reply = await work();
      if (reply.error !== undefined) {
        await this.load();
        return reply.error;
      }
      then();
      this.show(reply.items);
      this.#done(say(reply), reply.change);
      window.dispatchEvent(new CustomEvent("studio:categories"));
      return null;
    });
  }

  /**
   * Say why a change was not made, where no form says it.
   * @param {Promise<string | null>} change
   */
  async #told(change) {
    const why = await change;
    if (why !== null) this.message.failed(why);
  }

  /**
   * A change of many objects, which can be stopped.
   * @param {() => Promise<Reply<Changed>>} work
   * @param {(run: Run) => string} say
   */
  #long(work, say) {
    return this.#inTurn(async () => {
      const begun = await work();
      const run = begun.error === undefined ? await wire.ended(begun.change, (now) => this.message.running(now, () => wire.cancel(now))) : begun;
      if (run.error !== undefined) this.message.failed(run.error);
      else this.#done(say(run), run);
      await this.#changed();
    });
  }

  /**
   * @param {string} text
   * @param {Run} run
   */
  #done(text, run) {
    if (run.can_undo) this.undoable.push(run);
    this.message.done(text, run.can_undo ? () => this.undo() : null);
  }

  async #changed() {
    await this.load();
    window.dispatchEvent(new CustomEvent("studio:categories"));
  }

  /**
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  #inTurn(work) {
    const mine = this.turn.then(work);
    this.turn = mine.then(() => undefined, () => undefined);
    return mine;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const typed = event.target instanceof HTMLElement && event.target.matches("input:not([type=radio], [type=color]), textarea");
    if (event.key === "Escape" && this.list.opened) this.list.open(null);
    else if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !typed) this.undo();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/**
 * @param {readonly Category[]} items
 * @param {number} id
 */
function byId(items, id) {
  return items.find((one) => one.id === id);
}
