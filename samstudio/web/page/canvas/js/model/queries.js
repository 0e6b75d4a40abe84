// Queries for images, in words: what each filter is called, and what a query asks as short lines for people.
// The names and values are those of samstudio/services/image_queries.

/** @import { Query } from "../types.d.ts" */

/**
 * A filter: a choice of values, a value that the dataset has (`open`), a yes or no, or a range of numbers or days.
 * @typedef {{ id: string, label: string, kind: "choice", values: Readonly<Record<string, string>> }} ChoiceFilter
 * @typedef {{ id: string, label: string, kind: "open" }} OpenFilter
 * @typedef {{ id: string, label: string, kind: "flag", yes: string, no: string }} FlagFilter
 * @typedef {{ id: string, label: string, kind: "range", unit: "day" | "score" | "count" | "megapixels" }} RangeFilter
 * @typedef {ChoiceFilter | OpenFilter | FlagFilter | RangeFilter} Filter
 */

/** @type {readonly Filter[]} */
export const FILTERS = [
  { id: "text", label: "Words", kind: "open" },
  { id: "category", label: "Category", kind: "open" },
  { id: "status", label: "Status of objects", kind: "choice", values: { proposed: "Proposed", accepted: "Accepted" } },
  { id: "state", label: "State", kind: "choice", values: { todo: "To do", in_progress: "In progress", done: "Done", nothing: "Nothing here" } },
  { id: "split", label: "Split", kind: "choice", values: { train: "Training", val: "Validation", test: "Test" } },
  { id: "tag", label: "Tag", kind: "open" },
  { id: "group", label: "Group", kind: "open" },
  { id: "author", label: "Annotator", kind: "open" },
  { id: "version", label: "Proposed by version", kind: "open" },
  { id: "proposals", label: "Proposals", kind: "flag", yes: "Has proposals", no: "No proposals" },
  { id: "corrections", label: "Corrections", kind: "flag", yes: "Has corrections", no: "No corrections" },
  { id: "flagged", label: "Second look", kind: "flag", yes: "Needs a second look", no: "Needs no second look" },
  { id: "noted", label: "Notes", kind: "flag", yes: "Has a note", no: "Has no note" },
  { id: "added", label: "Added on", kind: "range", unit: "day" },
  { id: "changed", label: "Last changed on", kind: "range", unit: "day" },
  { id: "score", label: "Predicted IoU", kind: "range", unit: "score" },
  { id: "held_out", label: "Held-out IoU", kind: "range", unit: "score" },
  { id: "objects", label: "Number of objects", kind: "range", unit: "count" },
  { id: "pixels", label: "Megapixels", kind: "range", unit: "megapixels" },
  { id: "trashed", label: "Trash", kind: "flag", yes: "In the trash", no: "Not in the trash" },
];

/** @type {Readonly<Record<string, string>>} */
export const ORDERS = {
  added: "Added", name: "Name", changed: "Changed", group: "Group", objects: "Number of objects", accepted: "Accepted objects", proposed: "Proposed objects",
  score: "Predicted IoU", held_out: "Held-out IoU", size: "Image size",
};
const FALLING = ["changed", "objects", "accepted", "proposed", "size"]; // the greatest first, unless it is said otherwise

/**
 * The parameters of a filter.
 * @param {Filter} filter
 */
export function namesOf({ id, kind }) {
  return kind === "range" ? [`${id}_from`, `${id}_to`] : [id];
}

/**
 * What a query asks, a line for each filter: the line, and the parameters that it is of.
 * @param {Query} query
 * @returns {{ id: string, names: readonly string[], text: string }[]}
 */
export function linesOf(query) {
  const known = FILTERS.map((filter) => ({ id: filter.id, names: namesOf(filter), text: lineOf(filter, query) })).filter(({ text }) => text);
  const named = new Set([...known.flatMap(({ names }) => names), "sort", "descending"]);
  const others = Object.keys(query).filter((name) => query[name] && !named.has(name));
  return [...known, ...others.map((name) => ({ id: name, names: [name], text: `${name}: ${query[name]}` }))];
}

/**
 * A query in a line, its order included where it is another than that of arrival.
 * @param {Query} query
 */
export function described(query) {
  const order = query.sort || query.descending ? [`Order: ${orderOf(query)}`] : [];
  return [...linesOf(query).map(({ text }) => text), ...order].join(" · ");
}

/** @param {Query} query */
export function falls({ sort = "added", descending }) {
  return descending ? descending === "true" : FALLING.includes(sort);
}

/**
 * The query without what is empty.
 * @param {Readonly<Record<string, string | undefined>>} query
 * @returns {Query}
 */
export function asked(query) {
  return /** @type {Query} */ (Object.fromEntries(Object.entries(query).filter(([, value]) => value)));
}

/**
 * Whether two queries list the same images in the same order.
 * @param {Query} one
 * @param {Query} other
 */
export function sameQuery(one, other) {
  const names = Object.keys(asked(one));
  return names.length === Object.keys(asked(other)).length && names.every((name) => one[name] === other[name]);
}

/** @param {Query} query */
function orderOf(query) {
  const { sort = "added" } = query;
  return `${ORDERS[sort] ?? sort} ${falls(query) ? "↓" : "↑"}`;
}

/**
 * @param {Filter} filter
 * @param {Query} query
 */
function lineOf(filter, query) {
  const [value, to] = namesOf(filter).map((name) => query[name] ?? "");
  if (filter.kind === "range") return value || to ? `${filter.label}: ${between(shown(filter, value), shown(filter, to))}` : "";
  if (!value) return "";
  if (filter.kind === "flag") return { true: filter.yes, false: filter.no }[value] ?? `${filter.label}: ${value}`;
  return `${filter.label}: ${filter.kind === "choice" ? (filter.values[value] ?? value) : value}`;
}

/**
 * @param {string} low
 * @param {string} high
 */
function between(low, high) {
  if (!high) return `from ${low}`;
  if (!low) return `up to ${high}`;
  return low === high ? low : `${low} – ${high}`;
}

/**
 * @param {RangeFilter} filter
 * @param {string} value
 */
function shown({ unit }, value) {
  if (unit === "day") return dayOf(value) || value;
  return unit === "megapixels" ? megapixelsOf(value) : value;
}

/**
 * The day of a moment where the reader is, as a field for dates has it: "2026-01-31"; empty where it is no moment.
 * @param {string} value a day, or a moment
 */
export function dayOf(value) {
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return value;
  const moment = new Date(value);
  if (!value || Number.isNaN(moment.getTime())) return "";
  const [year, month, day] = [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()];
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/**
 * The first or the last moment of a day where the reader is.
 * @param {string} day
 * @param {{ last: boolean }} which
 */
export function momentOf(day, { last }) {
  const [year, month, date] = day.split("-").map(Number);
  const moment = last ? new Date(year, month - 1, date + 1, 0, 0, 0, -1) : new Date(year, month - 1, date);
  return Number.isNaN(moment.getTime()) ? "" : moment.toISOString().replace(".999Z", ".999999Z").replace(".000Z", "Z");
}

/** @param {string} pixels */
export function megapixelsOf(pixels) {
  return pixels && Number.isFinite(Number(pixels)) ? String(Number(pixels) / 1_000_000) : pixels;
}

/** @param {string} megapixels */
export function pixelsOf(megapixels) {
  return String(Math.round(Number(megapixels) * 1_000_000));
}
