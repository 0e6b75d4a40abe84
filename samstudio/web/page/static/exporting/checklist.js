// Some of many, to tick: the categories or the groups that an export holds. All of them is no choice, so that what
// is added meanwhile goes out, too.

import { findAll, h } from "../../canvas/panels/dom.js";
import { number } from "../importing/numbers.js";

/**
 * `said`: the label, where the page has words for it in every language.
 * @typedef {{ value: string, said?: string, count?: number }} Item
 */

const FEW = 12; // more than that are looked for by name

/** A checkbox with its label. */
export function check(/** @type {string} */ name, /** @type {string} */ value, /** @type {boolean} */ checked, /** @type {Node | string} */ label) {
  return h("label.ss-check", {}, h("input", { type: "checkbox", name, value, checked }), h("span", {}, label));
}

export class Checklist {
  /**
   * @param {string} legend
   * @param {string} name of the checkboxes
   * @param {readonly Item[]} items
   */
  constructor(legend, name, items) {
    this.labels = items.map((item) => check(name, item.value, true, labelOf(item)));
    const some = h("div.ss-checks.ss-many", {}, this.labels);
    const tick = (/** @type {boolean} */ on) => () => this.tick(on);
    const all = ["All", "None"].map((text) => h("button.ss-button.ss-small", { type: "button", onclick: tick(text === "All") }, text));
    const tools = h("span.ss-row.ss-tools", {}, items.length > FEW ? this.finder(legend) : null, all);
    this.element = items.length > 1 ? h("fieldset", {}, h("legend", {}, legend), tools, some) : null;
  }

  /** @param {string} legend */
  finder(legend) {
    const input = h("input.ss-field", { type: "search", placeholder: "Find by name", "aria-label": `${legend}: find by name` });
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLocaleLowerCase();
      for (const label of this.labels) label.hidden = !label.textContent?.toLocaleLowerCase().includes(wanted);
    });
    // Enter would send the form.
    input.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
    return input;
  }

  /**
   * Tick all that are shown, or none of them.
   * @param {boolean} on
   */
  tick(on) {
    for (const label of this.labels) for (const box of findAll(label, "input", HTMLInputElement)) if (!label.hidden) box.checked = on;
  }

  /** Whether none is ticked though there are some. */
  get isEmpty() {
    return this.element !== null && !this.ticked().length;
  }

  /** The names that are chosen; none where all are. */
  chosen() {
    const ticked = this.ticked();
    return this.element === null || ticked.length === this.labels.length ? [] : ticked;
  }

  ticked() {
    return this.labels.flatMap((label) => findAll(label, ":checked", HTMLInputElement)).map(({ value }) => value);
  }
}

/** @param {Item} item */
function labelOf({ value, said, count }) {
  const name = said === undefined ? h("span", { translate: "no" }, value) : h("span", {}, said);
  return h("span", {}, name, count === undefined ? null : h("span.ss-quiet", { translate: "no" }, ` ${number(count)}`));
}
