// How a test set is drawn: the share, and what comes of it, asked of the server at every change.

import { h } from "../../canvas/panels/dom.js";
import { check } from "../exporting/checklist.js";
import { problem } from "../importing/frame.js";
import { number } from "../importing/numbers.js";
import { LOST, planned } from "./wire.js";

/** @import { How, Plan } from "./wire.js" */

const SHARE = 20; // percent
const PATIENCE = 200; // milliseconds after the last key

export class DrawForm {
  /** @param {(ready: boolean) => void} onPlan called when it is known whether there is something to draw */
  constructor(onPlan) {
    this.onPlan = onPlan;
    this.turn = 0;
    this.share = field("share", SHARE, { min: 1, max: 99, step: 1 });
    this.seed = field("seed", 0, { min: 0, max: 2_000_000_000, step: 1 });
    this.byCategory = check("by_category", "yes", true, "From each category its share");
    this.said = h("div.ss-plan", { role: "status", "aria-live": "polite" });
    const share = h("label.ss-row", {}, h("span", {}, "Share of the images, in percent"), this.share);
    const seed = h("label.ss-row", {}, h("span", {}, "Seed"), this.seed);
    this.element = h("form.ss-splits", {}, share, this.byCategory, h("details", {}, h("summary", {}, "More"), seed), this.said);
    this.element.addEventListener("input", () => this.plan(PATIENCE));
  }

  /** @returns {How} */
  how() {
    const by_category = this.byCategory.querySelector("input")?.checked ?? true;
    return { share: Number(this.share.value) / 100, seed: Number(this.seed.value), by_category };
  }

  /** @param {number} [wait] */
  async plan(wait = 0) {
    const mine = (this.turn += 1);
    this.onPlan(false);
    await new Promise((resolve) => setTimeout(resolve, wait));
    if (mine !== this.turn) return;
    const valid = this.element.checkValidity() && this.share.value !== "" && this.seed.value !== "";
    const plan = valid ? await planned(this.how()) : { error: "Give whole numbers: a share of 1 to 99, and a seed from 0." };
    if (mine !== this.turn) return;
    this.said.replaceChildren(...(plan.error === undefined ? planRows(plan) : [why(plan.error)]));
    this.onPlan(plan.error === undefined);
  }
}

/**
 * @param {string} name
 * @param {number} value
 * @param {{ min: number, max: number, step: number }} limits
 */
function field(name, value, limits) {
  return h("input.ss-field", { type: "number", name, value, ...limits });
}

/**
 * Why there is nothing to draw: that the test set is as large already is no fault of anybody.
 * @param {string} text
 */
function why(text) {
  return text === LOST ? problem(text) : h("div.ss-say", {}, text);
}

/** @param {Plan} plan */
function planRows({ images, added, after, groups, parted, categories }) {
  const whole = groups === 1 ? "1 group among them; groups are never split." : `${number(groups)} groups among them; groups are never split.`;
  const rows = categories.map(({ name, test_images, images: every }) =>
    h("tr", {}, h("td", { translate: "no" }, name), h("td.ss-num", {}, number(test_images)), h("td.ss-num", {}, number(every))),
  );
  const heads = ["Category", "Test set", "Images"].map((text) => h("th", {}, text));
  const table = h("table.ss-table", {}, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows));
  return [
    h("p", {}, added === 1 ? "1 image will be added." : `${number(added)} images will be added.`),
    h("p", {}, `The test set will have ${number(after)} of ${number(images)} images.`),
    ...(groups ? [h("p", {}, whole)] : []),
    ...(parted ? [partedRow(parted)] : []),
    ...(rows.length ? [table] : []),
  ];
}

/** @param {number} parted how many sets of near-duplicates would be in the test set and outside of it */
function partedRow(parted) {
  const text = parted === 1 ? "1 set of near-duplicates would be parted: the test set would hold pictures that are nearly learned from." : `${number(parted)} sets of near-duplicates would be parted: the test set would hold pictures that are nearly learned from.`;
  const look = h("button.ss-button.ss-small", { type: "button", "data-near": "" }, "Look at them");
  return h("div.ss-say.ss-warn", { role: "status" }, h("span", {}, text), look);
}
