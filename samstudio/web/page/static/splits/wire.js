// What the dialog of the test set asks of the REST API.

import { apiUrl, fetchJson } from "../../canvas/sync/http.js";

/** @import { Reply } from "../../canvas/sync/http.js" */

/** @typedef {{ images: number, annotated: number, objects: number }} Counted */
/** @typedef {{ test: Counted, judge: Counted, learn: Counted }} TestSet */
/** @typedef {{ images: number, before: number, added: number, after: number, groups: number, parted: number, categories: { name: string, test_images: number, images: number }[] }} Plan */
/** @typedef {{ id: number, action: string, state: string, done: number, total: number, problem: string }} Run */
/** @typedef {{ share: number, seed: number, by_category: boolean }} How */

export const LOST = "The server did not answer. Try again in a moment.";
const EVERY = 200; // milliseconds between two looks at a run

/** @returns {Promise<Reply<TestSet>>} */
export function testSet() {
  return fetchJson(apiUrl("test-set"), { lost: LOST });
}

/**
 * @param {How} how
 * @returns {Promise<Reply<Plan>>}
 */
export function planned({ share, seed, by_category }) {
  const asked = new URLSearchParams({ share: String(share), seed: String(seed), by_category: String(by_category) });
  return fetchJson(apiUrl(`test-set/plan?${asked}`), { lost: LOST });
}

/**
 * Draw, and wait until it is done.
 * @param {How} how
 */
export function draw(how) {
  return ended("test-set", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(how) });
}

/** Take all images out of the test set, and wait until it is done. */
export function empty() {
  return ended("test-set", { method: "DELETE" });
}

/** @param {Run} run */
export function undo(run) {
  return ended(`bulk/${run.id}/undo`, { method: "POST" });
}

/**
 * Begin a change of many images, and wait until it is done.
 * @param {string} path
 * @param {RequestInit} how
 * @param {(run: Run) => unknown} [tell] called with how far it is
 * @returns {Promise<Reply<Run>>}
 */
export async function ended(path, how, tell = () => {}) {
  /** @type {Reply<Run>} */
  let run = await fetchJson(apiUrl(path), { lost: LOST, ...how });
  while (run.error === undefined && run.state === "running") {
    tell(run);
    await new Promise((resolve) => setTimeout(resolve, EVERY));
    run = await fetchJson(apiUrl(`bulk/${run.id}`), { lost: LOST });
  }
  return run.error === undefined && run.problem ? { error: run.problem } : run;
}
