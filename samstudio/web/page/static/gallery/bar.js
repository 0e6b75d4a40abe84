// The bar below the gallery while something is selected: how much, and what can be done to it.

import { closest, findAll, h, icon } from "../../canvas/panels/dom.js";
import { agreed } from "../panel.js";
import { imagesOf, objectsOf } from "./outcomes.js";
import { Picker } from "./picker.js";

/** @import { NameKind, Totals } from "./select_types.d.ts" */
/** @import { Call } from "./types.d.ts" */

/** @type {readonly (readonly [string, string, string])[]} */
const STATES = [
  ["state", "done", "Done"], ["state", "nothing", "Nothing here"], ["state", "todo", "To do"],
  ["flag", "", "Needs a second look"], ["unflag", "", "Needs no second look"],
];
/** @type {readonly (readonly [string, string, string])[]} */
const SPLITS = [["split", "train", "For training"], ["split", "val", "For validation"], ["split", "test", "Test set"], ["split", "", "No split"]];

/**
 * `run`: do an action with its value; `exports`: open the export; `all` and `clear`: select all, or nothing.
 * @typedef {{ run: (action: string, value: string) => void, exports: () => void, all: () => void, clear: () => void }} Told
 */

export class Bar {
  /**
   * @param {HTMLElement} element
   * @param {{ call: Call, failed: (error: unknown) => void, told: Told }} parts
   */
  constructor(element, { call, failed, told }) {
    this.element = element;
    this.call = call;
    this.failed = failed;
    this.told = told;
    this.selected = 0;
    this.count = h("strong", { role: "status", "aria-live": "polite", "data-selected": "" });
    this.proposed = h("span.ss-quiet");
    this.all = h("button.ss-button.ss-small", { type: "button", "data-all": "", onclick: told.all });
    const clear = h("button.ss-icon", { type: "button", title: "Clear the selection (Escape)", "data-clear": "", onclick: told.clear }, icon("close"));
    this.accept = this.#action("accept", "Accept", "Accept all that is proposed on them");
    this.reject = this.#action("reject", "Reject", "Reject all that is proposed on them");
    this.here = h("div.ss-row", {}, this.accept, this.reject, this.#picked(this.#picker("category", "Category"), "Category"), this.#tags(), this.#choice("State", STATES), this.#choice("Split", SPLITS), this.#groups(), ...this.#others());
    this.there = h("div.ss-row", { hidden: true }, this.#action("restore", "Restore", "Restore with their masks"), this.#erase());
    element.append(h("div.ss-row.ss-chosen-count", {}, clear, this.count, this.proposed, this.all), this.here, this.there);
    element.addEventListener("toggle", (event) => this.#toggled(event), { capture: true });
    element.addEventListener("keydown", (event) => event.key === "Escape" && this.#close(event));
  }

  /**
   * @param {{ count: number, total: number, trashed: boolean, totals: Totals | null }} selected
   */
  draw({ count, total, trashed, totals }) {
    this.selected = count;
    this.element.hidden = count === 0;
    if (!count) this.closeMenus();
    this.count.textContent = `${count.toLocaleString("en")} selected`;
    this.all.textContent = `Select all ${total.toLocaleString("en")}`;
    this.all.hidden = count >= total;
    this.here.hidden = trashed;
    this.there.hidden = !trashed;
    if (!totals) return;
    this.proposed.textContent = totals.proposed ? `${objectsOf(totals.proposed)} proposed` : "";
    this.accept.disabled = this.reject.disabled = totals.proposed === 0;
  }

  closeMenus() {
    for (const menu of findAll(this.element, "details[open]", HTMLDetailsElement)) menu.open = false;
  }

  /**
   * @param {string} action
   * @param {string} value
   */
  #run(action, value) {
    this.closeMenus();
    this.told.run(action, value);
  }

  /**
   * @param {string} name
   * @param {string} label
   * @param {string} title
   */
  #action(name, label, title) {
    return h("button.ss-button", { type: "button", title, "data-do": name, onclick: () => this.#run(name, "") }, label);
  }

  /**
   * @param {string} label
   * @param {...Node} inside
   */
  #menu(label, ...inside) {
    return h("details.ss-menu.ss-up", {}, h("summary.ss-button", {}, label), h("div", {}, inside));
  }

  /**
   * @param {string} label
   * @param {typeof STATES} choices
   */
  #choice(label, choices) {
    const button = (/** @type {typeof STATES[number]} */ [action, value, text]) =>
      h("button.ss-name", { type: "button", onclick: () => this.#run(action, value) }, text);
    return this.#menu(label, h("div.ss-names", {}, choices.map(button)));
  }

  /**
   * @param {NameKind} kind
   * @param {string} label
   * @param {{ action?: () => string, first?: Node, makes?: () => boolean }} [how]
   */
  #picker(kind, label, { action = () => kind, first, makes } = {}) {
    return new Picker({ kind, label, call: this.call, failed: this.failed, first, makes, chosen: (name) => this.#run(action(), name) });
  }

  /**
   * @param {Picker} picker
   * @param {string} label
   */
  #picked(picker, label) {
    const menu = this.#menu(label, picker.element);
    menu.addEventListener("toggle", () => menu instanceof HTMLDetailsElement && menu.open && picker.open());
    return menu;
  }

  #tags() {
    let action = "tag";
    const buttons = [["tag", "Add"], ["untag", "Remove"]].map(([value, text]) =>
      h("button", { type: "button", "aria-pressed": String(value === action), "data-tagging": value, onclick: () => choose(value) }, text));
    const choose = (/** @type {string} */ value) => {
      action = value;
      for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.tagging === value));
      picker.look();
    };
    const picker = this.#picker("tag", "Tag", { action: () => action, first: h("div.ss-segments.ss-tagging", {}, buttons), makes: () => action === "tag" });
    return this.#picked(picker, "Tag");
  }

  #groups() {
    const none = h("button.ss-name", { type: "button", onclick: () => this.#run("group", "") }, "No group");
    return this.#picked(this.#picker("group", "Group", { first: none }), "Group");
  }

  #others() {
    return [
      this.#action("encode", "Encode now", "Encode them ahead, so that the first click on each is quick"),
      h("button.ss-button", { type: "button", "data-export-selected": "", onclick: () => this.told.exports() }, "Export"),
      h("button.ss-button.ss-danger", { type: "button", title: "Move them into the trash (Delete)", "data-do": "delete", onclick: () => this.#run("delete", "") }, "Delete"),
    ];
  }

  #erase() {
    const erase = async () => {
      const sure = await agreed(`Delete ${imagesOf(this.selected)} for good, with masks and files? This cannot be undone.`, "Delete for good");
      if (sure) this.#run("erase", "");
    };
    return h("button.ss-button.ss-danger", { type: "button", "data-do": "erase", onclick: erase }, "Delete for good");
  }

  // One menu at a time, within the window.
  /** @param {Event} event */
  #toggled({ target }) {
    if (!(target instanceof HTMLDetailsElement) || !target.open) return;
    for (const menu of findAll(this.element, "details[open]", HTMLDetailsElement)) if (menu !== target) menu.open = false;
    const panel = target.lastElementChild;
    if (!(panel instanceof HTMLElement)) return;
    panel.style.translate = "";
    const beyond = panel.getBoundingClientRect().right - (document.documentElement.clientWidth - 8);
    if (beyond > 0) panel.style.translate = `${-beyond}px`;
  }

  /** @param {KeyboardEvent} event */
  #close(event) {
    const menu = closest(event, "details[open]");
    if (!(menu instanceof HTMLDetailsElement)) return;
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
}
