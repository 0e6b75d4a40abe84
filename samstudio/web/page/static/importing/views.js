// What the import's dialog shows: files on their way, what would come in, what came in. Draws, and decides nothing.

import { h } from "../../canvas/panels/dom.js";
import { number } from "./numbers.js";
import { doubtUrl } from "./wire.js";

/** @import { Doubt, EntryCounts, FormatChoice, ImportCounts, ImportInfo, ImportPlan, OutcomeGroup } from "../../canvas/js/types.d.ts" */
/** @import { Item, Upload } from "./upload.js" */

const LISTED = 60; // files on their way that are listed by name
const DOUBTS = 24; // shown at once
const GROUPS = 60;
const NAMED = 3; // names on a group's own line

/**
 * A bar, and a line on what it measures; `fraction` null where nobody knows.
 * @param {string} text
 * @param {number | null} fraction
 */
export function progress(text, fraction) {
  const bar = h("progress.ss-bar", { max: 1, "aria-label": "Progress" });
  if (fraction !== null) bar.value = fraction;
  return h("div.ss-import-progress", { role: "status" }, h("p", {}, text), bar);
}

/**
 * A line on how many have arrived, and the files that are on their way or did not arrive.
 * @param {Upload} upload
 */
export function sending(upload) {
  const total = upload.items.length;
  const done = upload.of("arrived").length;
  const out = upload.of("refused", "unsent");
  const listed = [...out, ...upload.of("sending"), ...upload.of("waiting")].slice(0, LISTED);
  const rest = total - done - listed.length;
  return [
    progress(`${number(done)} of ${number(total)} files have arrived`, upload.fraction),
    out.length && !upload.of("sending", "waiting").length ? h("p.ss-warned", {}, unsentLine(out.length)) : null,
    listed.length ? h("ul.ss-files", {}, listed.map(file)) : null,
    rest > 0 ? h("p.ss-quiet", {}, `and ${number(rest)} more`) : null,
  ];
}

/** @param {number} count */
function unsentLine(count) {
  return count === 1 ? "1 file did not arrive:" : `${number(count)} files did not arrive:`;
}

/** @param {Item} item */
function file({ path, state, sent, why }) {
  const bar = h("progress", { max: 1, "aria-hidden": "true" });
  bar.value = sent;
  const mark = why ? h("span.ss-why", {}, why) : bar;
  return h(`li.ss-file-${state}`, {}, h("span.ss-file", { translate: "no", title: path }, path), mark);
}

/**
 * What becomes of everything, as a table: what is new, what is there already, what is left out.
 * @param {ImportCounts} counts
 * @param {boolean} done
 */
export function countsTable(counts, done) {
  const heads = ["", done ? "Came in" : "New", done ? "Was here already" : "Here already", "Left out"];
  const rows = [row("Images", counts.images), row("Objects", counts.objects)];
  if (counts.files.skipped) rows.push(row("Other files", { new: null, known: null, skipped: counts.files.skipped }));
  return [
    h("table.ss-counts", {}, h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))), h("tbody", {}, rows)),
    counts.boxes ? h("p.ss-quiet", {}, boxesLine(counts.boxes)) : null,
  ];
}

/**
 * A row of counts; null where there is nothing to count.
 * @param {string} name
 * @param {{ [Kind in keyof EntryCounts]: number | null }} counts
 */
function row(name, { new: fresh, known, skipped }) {
  const cell = (/** @type {number | null} */ count, /** @type {string} */ kind) =>
    h(`td.ss-${kind}`, { "data-zero": !count }, count === null ? "" : number(count));
  return h("tr", {}, h("th.ss-entry", { scope: "row" }, name), cell(fresh, "new"), cell(known, "known"), cell(skipped, "out"));
}

/** @param {number} count */
function boxesLine(count) {
  return count === 1
    ? "1 of the new objects has a box and no mask: it waits for its mask to be drawn."
    : `${number(count)} of the new objects have a box and no mask: they wait for their masks to be drawn.`;
}

/**
 * The groups of outcomes, each with its names to unfold.
 * @param {readonly OutcomeGroup[]} groups
 */
export function outcomes(groups) {
  const part = (/** @type {string} */ title, /** @type {readonly OutcomeGroup[]} */ some) =>
    some.length ? [h("h3", {}, title), ...growing(h("ul.ss-outcomes"), some, group, GROUPS)] : [];
  return [
    ...part("Left out", groups.filter(({ skipped }) => skipped)),
    ...part("To know", groups.filter(({ skipped }) => !skipped)),
  ];
}

/** @param {OutcomeGroup} group */
function group({ kind, text, why, names, count }) {
  if (names.length < 2) return h("li", {}, h("p", {}, single(text, why)));
  const more = count - names.length;
  const first = names.slice(0, NAMED).join(", ") + (names.length > NAMED ? " …" : "");
  // In parts, so that each can be said in another language: how many, why, and the names as they are.
  const line = [h("strong", {}, `${number(count)} ${kind}s`), " · ", h("span", {}, why), " · ", h("span.ss-quiet", { translate: "no" }, first)];
  const list = h("ul", { translate: "no" }, names.map((name) => h("li", {}, name)));
  return h("li", {}, h("details", {}, h("summary", {}, line), list, more > 0 ? h("p.ss-quiet", {}, `and ${number(more)} more`) : null));
}

/**
 * The sentence of one entry: its name as it is, and why.
 * @param {string} text
 * @param {string} why
 */
function single(text, why) {
  const name = text.endsWith(`: ${why}`) ? text.slice(0, -why.length - 2) : null;
  return name === null ? [text] : [h("span", {}, name), ": ", h("span", {}, why)];
}

/**
 * Pictures of what a person should look at.
 * @param {ImportInfo} session
 * @param {ImportPlan} plan
 */
export function doubts(session, { doubts: all }) {
  if (!all.length) return [];
  const card = (/** @type {Doubt} */ { image, label, text, held, picture }, /** @type {number} */ index) =>
    h(
      "li",
      {},
      picture ? h("img", { src: doubtUrl(session, index), alt: image, "data-verbatim": "alt", loading: "lazy" }) : null,
      h("div", {}, h("strong", { translate: "no", title: image }, image), h("p", {}, label ? [h("span", {}, label), ": "] : [], h("span", {}, text)), held ? h("span.ss-tag.ss-warn", {}, "Held back") : null),
    );
  return [h("h3", {}, "Worth a look"), ...growing(h("ul.ss-doubts"), all, card, DOUBTS)];
}

/**
 * A list that begins with a few of its items, and a button for more.
 * @template T
 * @param {HTMLElement} list
 * @param {readonly T[]} all
 * @param {(one: T, index: number) => Node} draw
 * @param {number} few
 */
function growing(list, all, draw, few) {
  const show = (/** @type {number} */ from) => {
    list.append(...all.slice(from, from + few).map((one, i) => draw(one, from + i)));
    more.hidden = from + few >= all.length;
    more.onclick = () => show(from + few);
  };
  const more = h("button.ss-button.ss-small", { type: "button" }, "Show more");
  show(0);
  return [list, more];
}

/**
 * The formats that the files may have, to choose one; `chosen` is called with its name.
 * @param {readonly FormatChoice[]} choices
 * @param {string | null} format
 * @param {(name: string) => void} chosen
 */
export function formats(choices, format, chosen) {
  const choice = (/** @type {FormatChoice} */ { name, label, why }) =>
    h(
      "label.ss-format",
      {},
      h("input", { type: "radio", name: "ss-format", value: name, checked: name === format, onclick: () => chosen(name) }),
      h("span", {}, h("strong", {}, label), h("span.ss-quiet", {}, why)),
    );
  return h("div.ss-formats", { role: "radiogroup", "aria-label": "Format" }, choices.map(choice));
}
