// What the comparison asks of the server; a failure comes back as `{error: sentence}`, never thrown.

import { apiUrl, fetchJson, pageUrl } from "../../canvas/sync/http.js";

/** @import { Reply } from "../../canvas/sync/http.js" */
/** @import { Box } from "../../canvas/js/types.d.ts" */

/**
 * What the server answers.
 * @typedef {{ strength: number, label: string, miou: number | null, text: string }} AtStrength
 * @typedef {{ number: number, name: string, label: string, strengths: AtStrength[] }} Version
 * @typedef {{ versions: Version[], a: number, b: number, live: number, nothing: { title: string, text: string } | null }} Setup
 * @typedef {{ done: number, total: number, refused: string | null }} Progress
 * @typedef {{ a: number | null, b: number | null }} Ious
 * @typedef {Ious & {
 *   id: number, image: string, file: string, category: string, color: string, box: Box,
 *   unseen: [a: number | null, b: number | null], learned: "" | "A" | "B" | "AB", problem: string | null,
 * }} Row An object with both IoUs.
 * @typedef {Progress & { rows: Row[], names: [a: string, b: string], mean: Means, text: string }} Scores
 * @typedef {Ious & { n: number }} Means
 * @typedef {{ iou: number | null, problem: string | null, src?: string, x: number, y: number, w: number, h: number }} Answer
 * @typedef {{ id: number, box: Box, outline: string, a: Answer, b: Answer }} Pair One object's masks.
 * @typedef {{ image: { id: string, width: number, height: number }, objects: Pair[] }} Masks
 * @typedef {{ id: number, image: string, file: string, category: string, color: string, iou: number, how: string }} TodoRow
 * @typedef {Progress & { rows: TodoRow[], text: string }} TodoList
 */

/**
 * The answers by address.
 * @typedef {{
 *   "compare": Setup, "compare/objects": Scores, "compare/masks": Masks, "compare/todo": TodoList,
 * }} Replies
 */

const lost = "The server did not answer. Is it still running? Reload the page to try again.";

/**
 * @template {keyof Replies} Path
 * @param {Path} path
 * @param {Record<string, string | number>} [values]
 * @returns {Promise<Reply<Replies[Path]>>}
 */
export function ask(path, values = {}) {
  const query = new URLSearchParams(Object.entries(values).map(([name, value]) => [name, String(value)]));
  return fetchJson(pageUrl(query.size ? `${path}?${query}` : path), { lost });
}

/**
 * Store a version at a strength as the next version; resolves to that.
 * @param {number} number
 * @param {number} strength
 * @returns {Promise<Reply<{ number: number }>>}
 */
export function blend(number, strength) {
  const headers = { "Content-Type": "application/json" };
  return fetchJson(apiUrl(`versions/${number}/blend`), { lost, method: "POST", headers, body: JSON.stringify({ strength }) });
}
