// Asking the comparison's addresses; a failure comes back as `{error: sentence}`, never thrown.

/** @import { Box } from "../canvas/js/types.d.ts" */

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
 *   "compare/keep": { number: number },
 * }} Replies
 */

/**
 * @template T
 * @typedef {(T & { error?: undefined }) | { error: string }} Reply
 */

const LOST = "The server did not answer. Is it still running? Reload the page to try again.";

/**
 * An address of the app, wherever it is mounted.
 * @param {string} path
 */
export function route(path) {
  return new URL(`studio/${path}`, document.baseURI);
}

/**
 * @template {keyof Replies} Path
 * @param {Path} path
 * @param {Record<string, string | number>} [values]
 * @param {RequestInit} [options]
 * @returns {Promise<Reply<Replies[Path]>>}
 */
export async function ask(path, values = {}, options = {}) {
  const url = route(path);
  for (const [name, value] of Object.entries(values)) url.searchParams.set(name, String(value));
  try {
    const reply = await fetch(url, options);
    const said = await reply.json();
    return reply.ok || said.error ? said : { error: said.detail ?? LOST };
  } catch {
    return { error: LOST };
  }
}
