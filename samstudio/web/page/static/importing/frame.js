// The frame that the dialogs of import and export share: a title, what is going on, and the buttons for it.

import { h, icon } from "../../canvas/panels/dom.js";
import { progress } from "./views.js";

/** @typedef {readonly (Node | null | false | undefined)[]} Nodes */

export class Frame {
  /**
   * @param {string} title
   * @param {() => void} close what the cross and Escape do
   */
  constructor(title, close) {
    this.busy = false; // Escape closes it only where nothing is going on
    this.fresh = false;
    this.body = h("div.ss-panel.ss-import-body");
    this.foot = h("div.ss-row.ss-import-foot");
    const cross = h("button.ss-icon.ss-close", { type: "button", "aria-label": "Close", onclick: close }, icon("close"));
    this.dialog = h("dialog.ss-dialog.ss-import", { "aria-label": title }, cross, h("h2", {}, title), this.body, this.foot);
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      if (!this.busy) close();
    });
  }

  get isOpen() {
    return this.dialog.open;
  }

  show() {
    // Inside .contain, where Gradio scopes the page's style sheets to.
    if (!this.dialog.isConnected) (document.querySelector(".gradio-container .contain") ?? document.body).append(this.dialog);
    this.dialog.showModal();
    this.fresh = true;
  }

  close() {
    this.busy = false;
    this.dialog.close();
  }

  /**
   * @param {Nodes} body
   * @param {Nodes} foot
   */
  draw(body, foot) {
    this.body.replaceChildren(...body.filter((one) => one instanceof Node));
    this.foot.replaceChildren(...foot.filter((one) => one instanceof Node));
    // What had the focus may be gone; a dialog that was just opened gives it to the cross.
    const first = this.dialog.querySelector(".ss-primary:not(:disabled)") ?? this.foot.querySelector("button");
    const lost = !document.activeElement?.closest(".ss-import > *");
    if ((lost || this.fresh) && first instanceof HTMLElement) {
      first.focus();
      this.fresh = false;
    }
  }

  /**
   * Say that something is going on, of which nobody knows how long it takes.
   * @param {string} text
   * @param {Nodes} [foot]
   */
  wait(text, foot = []) {
    this.busy = true;
    this.draw([progress(text, null)], foot);
  }

  /**
   * Say what went wrong, with what can be done about it.
   * @param {string} text
   * @param {Nodes} foot
   */
  failed(text, foot) {
    this.busy = false;
    this.draw([problem(text)], foot);
  }
}

/** @param {string} text */
export function problem(text) {
  return h("div.ss-say.ss-bad", { role: "alert" }, text);
}

/**
 * @param {string} label
 * @param {() => unknown} onclick
 */
export function button(label, onclick) {
  return h("button.ss-button", { type: "button", onclick }, label);
}

/**
 * @param {string} label
 * @param {() => unknown} onclick
 * @param {{ disabled?: boolean }} [how]
 */
export function primary(label, onclick, { disabled = false } = {}) {
  return h("button.ss-button.ss-primary", { type: "button", onclick, disabled }, label);
}
