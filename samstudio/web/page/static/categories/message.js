// What was done, with a button that undoes it; what went wrong; how far a long change is.

import { h } from "../../canvas/panels/dom.js";
import { number } from "../importing/numbers.js";

/** @import { Run } from "./wire.js" */

export class CategoryMessage {
  constructor() {
    this.element = h("div.ss-category-message", { role: "status", "aria-live": "polite" });
  }

  /**
   * @param {string} text
   * @param {(() => void) | null} undo
   */
  done(text, undo) {
    const back = undo && h("button.ss-button.ss-small", { type: "button", "data-undo": "", onclick: undo }, "Undo");
    this.element.replaceChildren(h("div.ss-say.ss-good", {}, h("span", {}, text), back));
  }

  /** @param {string} text */
  failed(text) {
    this.element.replaceChildren(h("div.ss-say.ss-bad", { role: "alert" }, text));
  }

  /**
   * @param {Run} run
   * @param {() => void} cancel
   */
  running({ done, total }, cancel) {
    const bar = h("progress.ss-bar", { max: total || 1, value: done, "aria-label": "Progress" });
    const stop = h("button.ss-button.ss-small", { type: "button", onclick: cancel }, "Cancel");
    this.element.replaceChildren(h("div.ss-say", {}, h("span", {}, `Changing objects: ${number(done)} of ${number(total)} images`), bar, stop));
  }

  clear() {
    this.element.replaceChildren();
  }
}
