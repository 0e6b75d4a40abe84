// What is looked for: a line of words, which images, filters, an order. The page's address has it.

import { falls, ORDERS, asked } from "../../canvas/model/queries.js";
import { Address } from "../../canvas/panels/address.js";
import { h } from "../../canvas/panels/dom.js";
import { isTabShown } from "../../canvas/panels/tabs.js";
import { FilterPanel } from "./filter_panel.js";
import { drawSetFilters } from "./set_filters.js";

/** @import { Part } from "../../canvas/js/types.d.ts" */
/** @import { Call, Query } from "./types.d.ts" */

const TYPING = 250; // milliseconds after a key until its words are looked for
/** @type {readonly (readonly [string, string])[]} */
const WHICH = [
  ["", "All images"], ["state=todo", "To do"], ["state=in_progress", "In progress"], ["state=done", "Done"], ["state=nothing", "Nothing here"],
  ["proposals=true", "With proposals"], ["corrections=true", "With corrections"], ["flagged=true", "Needs a second look"], ["objects_to=0", "Without objects"],
  ["trashed=true", "Trash"],
];

export class Find {
  /**
   * @param {Part} part
   * @param {Call} call
   */
  constructor(part, call) {
    const place = part("finding");
    this.text = h("input.ss-search", { type: "search", placeholder: "Name or group", "aria-label": "Search the images" });
    this.which = select("Show", WHICH);
    this.sort = select("Order", Object.entries(ORDERS));
    this.turn = h("button.ss-icon", { type: "button", onclick: () => this.change({ descending: String(!falls(this.query)) }) });
    this.filters = new FilterPanel(part("filters"), call, (changes) => this.change(changes), () => this.clear());
    this.set = part("set-filters");
    place.replaceChildren(this.text, this.which, this.filters.button, h("span.ss-order", {}, this.sort, this.turn));
    /** @type {Query} */
    this.query = {};
    /** @type {(query: Query) => void} */
    this.onChange = () => {};
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.text.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.change({ text: this.text.value.trim() }), TYPING);
    });
    this.text.addEventListener("change", () => this.change({ text: this.text.value.trim() }));
    this.which.addEventListener("change", () => this.change({ ...without(whichOf(this.query)), ...parameters(this.which.value) }));
    this.sort.addEventListener("change", () => this.change({ sort: this.sort.value === "added" ? "" : this.sort.value, descending: "" }));
    this.address = new Address("dataset", { query: () => this.query, take: (query) => this.#take(query), isThere: () => place.isConnected });
  }

  get isEmpty() {
    return Object.keys(this.query).every((name) => name === "sort" || name === "descending");
  }

  clear() {
    const { sort = "", descending = "" } = this.query;
    this.#changed({ sort, descending });
  }

  /**
   * Ask something else; what is empty asks nothing.
   * @param {Record<string, string>} changes
   */
  change(changes) {
    this.#changed({ ...this.query, ...changes });
  }

  /** Begin with what the address asks. */
  begin() {
    const query = this.address.read();
    if (query === null && isTabShown("dataset")) this.address.write();
    this.#take(query ?? {});
  }

  /** @param {Record<string, string>} query */
  #changed(query) {
    clearTimeout(this.timer);
    const before = String(new URLSearchParams(this.query));
    this.query = asked(query);
    if (String(new URLSearchParams(this.query)) === before) return;
    this.#show();
    this.address.write();
    this.onChange(this.query);
  }

  /** @param {Query} query */
  #take(query) {
    this.query = asked(query);
    this.#show();
    this.onChange(this.query);
  }

  #show() {
    const { text = "", sort = "added" } = this.query;
    if (document.activeElement !== this.text || this.text.value.trim() !== text) this.text.value = text;
    this.which.value = whichOf(this.query);
    this.sort.value = sort;
    const direction = falls(this.query) ? "Descending: turn the order round" : "Ascending: turn the order round";
    this.turn.textContent = falls(this.query) ? "↓" : "↑";
    this.turn.title = direction;
    this.turn.setAttribute("aria-label", direction);
    this.filters.show(this.query);
    drawSetFilters(this.set, this.query, { change: (changes) => this.change(changes), clear: () => this.clear() });
  }
}

/**
 * Which of the images a query is about, of those that there are a choice for.
 * @param {Query} query
 */
function whichOf(query) {
  const found = WHICH.find(([value]) => value && Object.entries(parameters(value)).every(([name, one]) => query[name] === one));
  return found ? found[0] : "";
}

/**
 * @param {string} text
 * @returns {Record<string, string>}
 */
function parameters(text) {
  return Object.fromEntries(new URLSearchParams(text));
}

/**
 * @param {string} which
 * @returns {Record<string, string>}
 */
function without(which) {
  return Object.fromEntries(Object.keys(parameters(which)).map((name) => [name, ""]));
}

/**
 * @param {string} label
 * @param {readonly (readonly [string, string])[]} options values, and what they are called
 */
function select(label, options) {
  return h("select.ss-select", { "aria-label": label }, options.map(([value, name]) => h("option", { value }, name)));
}
