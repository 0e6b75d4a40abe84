// The form of the export's dialog, and the choice that it stands for.

import { findAll, h } from "../../canvas/panels/dom.js";
import { Checklist, check } from "./checklist.js";
import { address } from "./download.js";
import { PixelSizePart } from "./pixel_size.js";

/** @import { Dataset } from "./dataset.js" */
/** @import { ExportChoice } from "./download.js" */

/**
 * `measures`: lengths in units of the pixel size, and no image files.
 * @typedef {{ name: string, label: string, description: string, measures: boolean }} Format
 */

const SPLITS = [
  { value: "train", said: "For training" },
  { value: "val", said: "For validation" },
  { value: "test", said: "For testing" },
  { value: "", said: "In no split" },
];

const LONGEST = 30_000; // characters of an address that the server takes

export class ExportForm {
  /**
   * @param {readonly Format[]} formats
   * @param {Dataset} dataset
   */
  constructor(formats, { categories, groups, ungrouped, tags, hasSplits, counts }) {
    this.formats = formats;
    this.categories = new Checklist("Categories", "category", categories.map((value) => ({ value })));
    const none = ungrouped && groups.length ? [{ value: "", said: "No group", count: ungrouped }] : [];
    this.groups = new Checklist("Groups", "group", [...groups.map(({ name, images }) => ({ value: name, count: images })), ...none]);
    const untagged = tags.length ? [{ value: "", said: "No tag" }] : [];
    this.tags = new Checklist("Tags", "tag", [...tags.map(({ name, images }) => ({ value: name, count: images })), ...untagged]);
    this.splits = new Checklist("Splits", "split", hasSplits ? SPLITS : []);
    this.pixelSize = new PixelSizePart(counts);
    this.files = check("images", "yes", true, "With the image files");
    const empty = check("empty", "yes", false, "Also images that have no object");
    const images = h("fieldset", {}, h("legend", {}, "Images"), h("div.ss-checks", {}, this.files, empty));
    this.element = h("form", {}, formatPart(formats), this.pixelSize.element, objectsPart(), ...this.lists().map(({ element }) => element), images);
    this.element.addEventListener("change", () => this.show());
    this.show();
  }

  lists() {
    return [this.categories, this.groups, this.tags, this.splits];
  }

  /** Show what belongs to the format. */
  show() {
    this.pixelSize.element.hidden = !this.measures;
    this.files.hidden = this.measures;
  }

  get measures() {
    return this.formats.find(({ name }) => name === this.ticked("format")[0])?.measures ?? false;
  }

  /** @param {string} name */
  ticked(name) {
    return findAll(this.element, `[name="${name}"]:checked`, HTMLInputElement).map(({ value }) => value);
  }

  /** @returns {ExportChoice} */
  choice() {
    return {
      format: this.ticked("format")[0],
      status: this.ticked("status"),
      category: this.categories.chosen(),
      group: this.groups.chosen(),
      tag: this.tags.chosen(),
      split: this.splits.chosen(),
      images: this.ticked("images").length > 0,
      withEmpty: this.ticked("empty").length > 0,
    };
  }

  /** What is missing before it can be exported; empty where nothing is. */
  incomplete() {
    if (!this.ticked("status").length) return "Choose at least one kind of objects.";
    if (this.categories.isEmpty) return "Choose at least one category.";
    if (this.groups.isEmpty) return "Choose at least one group.";
    if (this.tags.isEmpty) return "Choose at least one tag.";
    if (this.splits.isEmpty) return "Choose at least one split.";
    if (address(this.choice()).length > LONGEST) return "That are too many categories, groups and tags to name them one by one: choose fewer, or all.";
    return this.measures ? this.pixelSize.problem() : "";
  }

  /** Keep what is not of this export alone. */
  async save() {
    if (this.measures) await this.pixelSize.save();
  }
}

/** @param {readonly Format[]} formats */
function formatPart(formats) {
  const choice = (/** @type {Format} */ { name, label, description }, /** @type {number} */ index) =>
    h(
      "label.ss-format",
      {},
      h("input", { type: "radio", name: "format", value: name, checked: index === 0 }),
      h("span", {}, h("strong", {}, label), h("span.ss-quiet", {}, description)),
    );
  return h("div.ss-formats.ss-two", { role: "radiogroup", "aria-label": "Format" }, formats.map(choice));
}

function objectsPart() {
  const boxes = [check("status", "accepted", true, "Accepted"), check("status", "proposed", false, "Proposed"), check("status", "rejected", false, "Rejected")];
  return h("fieldset", {}, h("legend", {}, "Objects"), h("div.ss-checks", {}, boxes));
}
