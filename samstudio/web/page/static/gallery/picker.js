// A menu in which a name is chosen, or a new one typed: a category, a tag, a group.

import { h } from "../../canvas/panels/dom.js";

/** @import { NameKind } from "./select_types.d.ts" */
/** @import { Call } from "./types.d.ts" */

const TYPING = 200; // milliseconds after a key until its names are looked for

export class Picker {
  /**
   * @param {{ kind: NameKind, label: string, call: Call, chosen: (name: string) => void, failed: (error: unknown) => void, first?: Node | null, makes?: () => boolean }} parts
   * `first`: what comes before the field; `makes`: whether a name that there is not can be given
   */
  constructor({ kind, label, call, chosen, failed, first = null, makes = () => true }) {
    this.kind = kind;
    this.call = call;
    this.chosen = chosen;
    this.failed = failed;
    this.makes = makes;
    this.asked = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.text = h("input.ss-search", { type: "text", placeholder: "Find or type a name", "aria-label": label, maxlength: 200, autocomplete: "off" });
    this.names = h("div.ss-names");
    this.element = h("div.ss-picker", {}, first, this.text, this.names);
    this.text.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.look(), TYPING);
    });
    this.element.addEventListener("keydown", (event) => this.#key(event));
  }

  /** It was opened. */
  open() {
    this.text.value = "";
    this.names.replaceChildren();
    this.text.focus();
    this.look();
  }

  async look() {
    const text = this.text.value.trim();
    const mine = (this.asked += 1);
    try {
      const { names, more } = await this.call("selection_names", { of: this.kind, text });
      if (mine !== this.asked) return;
      const isNew = text !== "" && this.makes() && !names.includes(text);
      const none = !names.length && !isNew ? h("p.ss-quiet", {}, text ? "No such name" : "There is none yet") : null;
      const rest = more ? h("p.ss-quiet", {}, "There are more: type a part of the name") : null;
      const made = isNew ? this.#button(text, h("span", {}, "New: ", h("span", { translate: "no" }, text))) : null;
      const found = names.map((name) => this.#button(name, h("span", { translate: "no" }, name)));
      this.names.replaceChildren(...[made, ...found, rest, none].filter((one) => one !== null));
    } catch (error) {
      if (mine === this.asked) this.failed(error);
    }
  }

  /**
   * @param {string} name
   * @param {Node} shown
   */
  #button(name, shown) {
    return h("button.ss-name", { type: "button", onclick: () => this.chosen(name) }, shown);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const buttons = [...this.names.querySelectorAll("button")];
    if (event.key === "Enter" && event.target === this.text) {
      const text = this.text.value.trim();
      if (text && this.makes()) this.chosen(text);
      else if (text) buttons[0]?.click();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const at = buttons.findIndex((button) => button === document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
      if (at < 0) this.text.focus();
      else buttons[Math.min(at, buttons.length - 1)]?.focus();
    } else return;
    event.preventDefault();
  }
}
