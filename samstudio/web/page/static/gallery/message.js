// What was done, with a button that undoes it; it goes away by itself, unless it is a problem.

import { h } from "../../canvas/panels/dom.js";

const SECONDS = 20;

export class Message {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /**
   * @param {string} text
   * @param {() => void} [undo]
   */
  done(text, undo) {
    const button = undo && h("button.ss-button.ss-small", { type: "button", "data-undo": "", onclick: undo }, "Undo");
    this.#show(h("div.ss-say.ss-good", {}, h("span", {}, text), button));
    this.timer = setTimeout(() => this.clear(), SECONDS * 1000);
  }

  /** @param {unknown} error */
  failed(error) {
    this.#show(h("div.ss-say.ss-bad", { role: "alert" }, error instanceof Error ? error.message : String(error)));
  }

  clear() {
    clearTimeout(this.timer);
    this.element.replaceChildren();
  }

  /** @param {HTMLElement} element */
  #show(element) {
    this.clear();
    this.element.replaceChildren(element);
  }
}
