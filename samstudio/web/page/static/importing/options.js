// The choices of an import beside its plan: each makes the plan again.

import { h } from "../../canvas/panels/dom.js";
import { number } from "./numbers.js";

/** @import { ImportChoice, ImportPlan } from "../../canvas/js/types.d.ts" */

/** The formats in which a value of a mask may have several parts. */
const OF_MASKS = ["masks", "semantic", "mvtec"];

/**
 * @param {ImportChoice} choice
 * @param {ImportPlan} plan
 * @param {(choice: Partial<ImportChoice>) => unknown} change
 */
export function options(choice, plan, change) {
  const { category, status, doubtful, split_parts: split, group_by_folder: grouped } = choice;
  const segment = (/** @type {ImportChoice["status"]} */ value, /** @type {string} */ label) =>
    h("button", { type: "button", "aria-pressed": String(value === status), onclick: () => change({ status: value }) }, label);
  const segments = [segment("accepted", "Accepted"), segment("proposed", "Proposed")];
  const held = plan.doubts.some((one) => one.held) || doubtful;
  const splits = split || OF_MASKS.includes(plan.format ?? "");
  return h(
    "div.ss-import-options",
    {},
    field("Category, where the files name none", { value: category, maxlength: 200, required: true }, (value) => change({ category: value })),
    h("div", {}, h("span", {}, "Masks come in as"), h("div.ss-segments", { role: "group", "aria-label": "Masks come in as" }, segments)),
    splits ? check("Make each separate part of a mask an object", split, () => change({ split_parts: !split })) : null,
    grouped || plan.folder_groups ? check(byFolder(plan.folder_groups), grouped, () => change({ group_by_folder: !grouped })) : null,
    held ? check("Take what is held back too", doubtful, () => change({ doubtful: !doubtful })) : null,
    reading(choice, change),
  );
}

/** @param {number} count how many groups there are or would be */
function byFolder(count) {
  return count === 1 ? "The images of each folder are a group (1 group)" : `The images of each folder are a group (${number(count)} groups)`;
}

/**
 * How the files of science are read; unfolded where something is chosen.
 * @param {ImportChoice} choice
 * @param {(choice: Partial<ImportChoice>) => unknown} change
 */
function reading({ page, channels, contrast }, change) {
  const summary = h("summary", {}, "Pages, channels, contrast");
  return h(
    "details.ss-reading",
    { open: page !== null || channels !== null || contrast !== null },
    summary,
    h(
      "div.ss-import-options",
      {},
      field("Page of stacks; empty: all", { value: page ?? "", pattern: "[1-9][0-9]{0,5}", placeholder: "1" }, (value) => change({ page: value ? Number(value) : null })),
      field("Channels, as in 4,2", { value: channels ?? "", pattern: "\\d+(,\\d+){0,2}", placeholder: "1,2,3" }, (value) => change({ channels: value || null })),
      field("Black and white, as in 0:4095", { value: contrast ?? "", pattern: "[\\-+.\\deE]+:[\\-+.\\deE]+(,[\\-+.\\deE]+:[\\-+.\\deE]+){0,2}", placeholder: "0:4095" }, (value) => change({ contrast: value || null })),
    ),
  );
}

/**
 * @param {string} label
 * @param {boolean} checked
 * @param {() => unknown} onclick
 */
function check(label, checked, onclick) {
  return h("label.ss-check", {}, h("input", { type: "checkbox", checked, onclick }), label);
}

/**
 * A field whose value is taken when it is left or Enter is pressed, and only where it is well-formed.
 * @param {string} label
 * @param {Record<string, string | number | boolean>} attributes
 * @param {(value: string) => unknown} change
 */
function field(label, attributes, change) {
  const input = h("input.ss-field", { type: "text", "aria-label": label, ...attributes });
  input.addEventListener("change", () => input.reportValidity() && change(input.value.trim()));
  return h("label", {}, h("span", {}, label), input);
}
