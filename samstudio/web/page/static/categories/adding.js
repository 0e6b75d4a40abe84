// The field for a new category: what its name means beside the others is said while it is typed.

import { h } from "../../canvas/panels/dom.js";
import { judged } from "./names.js";

/** @import { Category } from "./wire.js" */

export class NewCategory {
  /** @param {{ all(): readonly Category[], add(name: string): Promise<string | null> }} how */
  constructor({ all, add }) {
    this.all = all;
    this.add = add;
    this.field = h("input.ss-field", { name: "new", maxlength: 100, autocomplete: "off", placeholder: "New category", "aria-label": "New category" });
    this.ok = h("button.ss-button", { type: "submit", disabled: true }, "Add");
    this.note = h("p.ss-category-note", { role: "status", "aria-live": "polite" });
    this.element = h("form.ss-category-new", {}, this.field, this.ok, this.note);
    this.field.addEventListener("input", () => this.judge());
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  get isTyped() {
    return this.field.value.trim() !== "";
  }

  judge() {
    const verdict = judged(this.field.value, this.all());
    const problem = this.isTyped ? verdict.problem : undefined;
    this.ok.disabled = Boolean(verdict.problem);
    this.note.textContent = problem ?? verdict.hint ?? "";
    this.note.classList.toggle("ss-bad", Boolean(problem));
    return verdict;
  }

  async #submit() {
    const verdict = this.judge();
    if (verdict.problem) return;
    this.ok.disabled = true;
    const why = await this.add(verdict.name);
    if (why === null) this.field.value = "";
    this.judge();
    if (why !== null) this.note.textContent = why;
    this.field.focus();
  }
}
