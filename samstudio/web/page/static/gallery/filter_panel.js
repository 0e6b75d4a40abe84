// The filters, all that a list of images can be asked, behind a button. What there is to choose of (categories, tags, groups,
// people, versions) is read from the dataset each time they are opened.

import { FILTERS, linesOf } from "../../canvas/model/queries.js";
import { h } from "../../canvas/panels/dom.js";
import { fieldOf } from "./filter_fields.js";

/** @import { Call, Choices, Query } from "./types.d.ts" */

const ELSEWHERE = ["text", "trashed"]; // they have fields of their own beside the panel

export class FilterPanel {
  /**
   * @param {HTMLElement} panel
   * @param {Call} call
   * @param {(changes: Record<string, string>) => void} change
   * @param {() => void} clear
   */
  constructor(panel, call, change, clear) {
    this.panel = panel;
    this.call = call;
    this.button = h("button.ss-button", { type: "button", "aria-expanded": "false", "aria-controls": "ss-filters", onclick: () => this.toggle() }, "Filters");
    this.fields = FILTERS.filter(({ id }) => !ELSEWHERE.includes(id)).map((filter) => fieldOf(filter, change));
    panel.id = "ss-filters";
    panel.setAttribute("aria-label", "Filters");
    panel.replaceChildren(
      h("div.ss-filters-fields", {}, this.fields.map(({ element }) => element)),
      h(
        "div.ss-filters-foot",
        {},
        h("button.ss-button", { type: "button", onclick: clear }, "Clear all"),
        h("button.ss-button.ss-primary", { type: "button", onclick: () => this.close() }, "Close"),
      ),
    );
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
    document.addEventListener("pointerdown", ({ target }) => {
      if (panel.hidden || !(target instanceof Node) || panel.contains(target) || this.button.contains(target)) return;
      this.toggle(false);
    });
  }

  /**
   * @param {Query} query
   */
  show(query) {
    const count = linesOf(query).filter(({ id }) => !ELSEWHERE.includes(id)).length;
    this.button.textContent = count ? `Filters (${count})` : "Filters";
    for (const field of this.fields) field.show(query);
  }

  close() {
    this.toggle(false);
    this.button.focus();
  }

  toggle(open = this.panel.hidden) {
    this.panel.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    if (open) this.#choices();
  }

  async #choices() {
    try {
      const choices = await this.call("gallery_choices", {});
      for (const field of this.fields) field.offer(choices);
    } catch {
      // what is set can still be seen and taken away; the gallery itself says that the server is not there
    }
    this.panel.querySelector("select")?.focus();
  }
}
