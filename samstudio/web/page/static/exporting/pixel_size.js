// The pixel size of the dataset, in the export's dialog: for formats that measure.

import { h } from "../../canvas/panels/dom.js";
import { number } from "../importing/numbers.js";
import { savePixelSize } from "./dataset.js";

/** @import { Counts, PixelSize } from "./dataset.js" */

const UNITS = [
  ["nm", "nm"],
  ["um", "µm"],
  ["mm", "mm"],
  ["cm", "cm"],
  ["m", "m"],
];

export class PixelSizePart {
  /** @param {Counts} counts */
  constructor(counts) {
    this.saved = counts.pixel_size;
    const { width, height, unit } = counts.pixel_size ?? { width: null, height: null, unit: "um" };
    this.width = side("Pixel width", width);
    this.height = side("Pixel height", height === width ? null : height);
    this.height.placeholder = "as wide";
    this.unit = h("select.ss-field", { "aria-label": "Unit" }, UNITS.map(([value, label]) => h("option", { value, selected: value === unit, translate: "no" }, label)));
    const size = h("div.ss-row.ss-size", {}, this.width, h("span.ss-quiet", { "aria-hidden": "true" }, "×"), this.height, this.unit);
    this.element = h("fieldset", {}, h("legend", {}, "Pixel size"), size, h("p.ss-quiet", {}, said(counts)));
  }

  /** Why it cannot be used; empty where it can. */
  problem() {
    const sides = [this.width, this.height];
    if (sides.some((one) => !one.validity.valid)) return "The pixel size is a number above 0, such as 0.25.";
    return this.height.value && !this.width.value ? "Give the width of a pixel, too." : "";
  }

  /** @returns {PixelSize | null} */
  size() {
    const width = Number(this.width.value);
    return width ? { width, height: Number(this.height.value) || width, unit: this.unit.value } : null;
  }

  /** Set the dataset's where it was changed. */
  async save() {
    const size = this.size();
    if (JSON.stringify(size) === JSON.stringify(this.saved)) return;
    await savePixelSize(size);
    this.saved = size;
  }
}

/**
 * @param {string} label
 * @param {number | null} value
 */
function side(label, value) {
  return h("input.ss-field", { type: "number", min: Number.MIN_VALUE, step: "any", "aria-label": label, value: value ?? "" });
}

/** @param {Counts} counts */
function said({ images, images_with_pixel_size: own }) {
  if (!own) return "Used for every image: no file says its own. Left empty, lengths are in pixels alone.";
  if (own === images) return "Every image has a size of its own, from its file or set by somebody, and is measured by that.";
  return `Used for images without a size of their own, which ${number(own)} of ${number(images)} have.`;
}
