// What is looked for: a line of words, which images, a category, an order. The page's address has it, so that it can be
// bookmarked and sent, and the browser's buttons lead through what was looked for.

import { h } from "../../canvas/panels/dom.js";
import { showTab } from "../panel.js";

/** @import { Query } from "./types.d.ts" */

const PREFIX = "#dataset?";
const TYPING = 250; // milliseconds after a key until its words are looked for
/** @type {readonly (readonly [string, string])[]} */
const WHICH = [
  ["", "All images"], ["state=todo", "To do"], ["state=in_progress", "In progress"], ["state=done", "Done"], ["state=nothing", "Nothing here"],
  ["proposals=true", "With proposals"], ["corrections=true", "With corrections"], ["flagged=true", "Needs a second look"], ["objects_to=0", "Without objects"],
  ["trashed=true", "Trash"],
];
/** @type {readonly (readonly [string, string])[]} */
const ORDERS = [
  ["", "Added"], ["name", "Name"], ["changed", "Changed"], ["group", "Group"], ["objects", "Number of objects"], ["score", "Score"], ["size", "Image size"],
];

export class Find {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.text = h("input.ss-search", { type: "search", placeholder: "Name or group", "aria-label": "Search the images" });
    this.which = select("Show", WHICH);
    this.category = select("Category", [["", "Any category"]]);
    this.sort = select("Order", ORDERS);
    place.replaceChildren(this.text, this.which, this.category, this.sort);
    /** @type {Record<string, string>} */
    this.others = {}; // what the address asks beside
    /** @type {(query: Query) => void} */
    this.onChange = () => {};
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    place.addEventListener("change", () => this.#changed());
    this.text.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.#changed(), TYPING);
    });
    window.addEventListener("popstate", () => place.isConnected && this.read());
  }

  /** @returns {Query} */
  get query() {
    const which = Object.fromEntries(new URLSearchParams(this.which.value));
    const all = { ...this.others, text: this.text.value.trim(), category: this.category.value, sort: this.sort.value, ...which };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value));
  }

  get isEmpty() {
    return Object.keys(this.query).every((name) => name === "sort");
  }

  /** @param {readonly string[]} names */
  offer(names) {
    const chosen = this.category.value;
    const every = chosen && !names.includes(chosen) ? [...names, chosen] : names;
    const options = every.map((name) => h("option", { value: name, translate: "no" }, name));
    this.category.replaceChildren(h("option", { value: "" }, "Any category"), ...options);
    this.category.value = chosen;
  }

  clear() {
    this.#show({});
    this.#changed();
  }

  /** Take over what the address asks; where it asks something, the tab is shown. */
  read() {
    const { hash } = location;
    if (hash.startsWith(PREFIX)) showTab("dataset");
    this.#show(hash.startsWith(PREFIX) ? Object.fromEntries(new URLSearchParams(hash.slice(PREFIX.length))) : {});
    this.onChange(this.query);
  }

  /** @param {Record<string, string>} query */
  #show({ text = "", category = "", sort = "", ...rest }) {
    this.text.value = text;
    if (category) this.category.append(h("option", { value: category, translate: "no" }, category));
    this.category.value = category;
    this.sort.value = sort;
    const which = WHICH.map(([value]) => value).find((value) => value && rest[value.split("=")[0]] === value.split("=")[1]) ?? "";
    this.which.value = which;
    this.others = Object.fromEntries(Object.entries(rest).filter(([name]) => name !== which.split("=")[0]));
  }

  #changed() {
    clearTimeout(this.timer);
    const asked = String(new URLSearchParams(this.query));
    const address = asked ? `${PREFIX}${asked}` : location.pathname + location.search;
    if (asked !== (location.hash.startsWith(PREFIX) ? location.hash.slice(PREFIX.length) : "")) history.pushState(history.state, "", address);
    this.onChange(this.query);
  }
}

/**
 * @param {string} label
 * @param {readonly (readonly [string, string])[]} options values, and what they are called
 */
function select(label, options) {
  return h("select.ss-select", { "aria-label": label }, options.map(([value, name]) => h("option", { value }, name)));
}
