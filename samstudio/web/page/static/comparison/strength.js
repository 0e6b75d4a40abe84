// How far B goes from stock to the version as it is stored, at five strengths, each
// with what the gate measured there, if it did.

import { h } from "../../canvas/panels/dom.js";
import { shown } from "./list.js";

/** @import { Part } from "../../canvas/js/types.d.ts" */
/** @import { AtStrength, Version } from "./wire.js" */

const SETTLED = 200; // ms that the slider must rest before anything is decoded

export class Strength {
  /**
   * @param {Part} part
   * @param {{ moved: () => void, keep: () => Promise<void> }} actions
   */
  constructor(part, { moved, keep }) {
    this.part = part;
    /** @type {AtStrength[]} */
    this.strengths = [];
    this.slider = part("strength-at", HTMLInputElement);
    this.slider.addEventListener("input", () => {
      this.tell();
      clearTimeout(this.resting);
      /** @type {ReturnType<typeof setTimeout> | undefined} */
      this.resting = setTimeout(moved, SETTLED);
    });
    this.button = part("keep", HTMLButtonElement);
    this.button.addEventListener("click", async () => {
      this.button.disabled = true;
      await keep();
      this.tell();
    });
  }

  /**
   * Another version, at its whole strength.
   * @param {Version} version
   */
  of(version) {
    clearTimeout(this.resting);
    /** @type {Version | null} */
    this.version = version;
    this.strengths = version.strengths;
    this.part("strength").hidden = !this.strengths.length;
    this.part("strength-of").textContent = `of ${version.name}: how far to go from stock`;
    this.slider.value = String(Math.max(0, this.strengths.length - 1));
    this.part("strengths").replaceChildren(...this.strengths.map(({ label, miou }) => h("li", {}, h("b", {}, label), h("span", {}, shown(miou)))));
    this.tell();
  }

  get current() {
    return this.strengths[Number(this.slider.value)];
  }

  get value() {
    return this.current?.strength ?? 1;
  }

  get name() {
    if (this.value === 0) return "stock";
    const name = this.version?.name ?? "";
    return this.value === 1 ? name : `${this.current?.label} ${name}`;
  }

  tell() {
    const between = this.value > 0 && this.value < 1;
    this.button.disabled = !between;
    this.button.title = between ? "" : "Choose a strength between stock and the version";
    this.part("strength-text").textContent = this.current?.text ?? "";
    this.slider.setAttribute("aria-valuetext", this.name);
    for (const [index, item] of [...this.part("strengths").children].entries()) {
      item.classList.toggle("cmp-now", index === Number(this.slider.value));
    }
  }
}
