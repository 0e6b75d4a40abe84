// What the dialog of categories asks of the REST API.

import { apiUrl, fetchJson } from "../../canvas/sync/http.js";

/** @import { Reply } from "../../canvas/sync/http.js" */

/** @typedef {{ id: number, name: string, color: string, accepted: number, proposed: number, images: number, supercategory: string, description: string, revision: number, former_names: string[] }} Category */
/** A change of categories: its number undoes it. @typedef {{ id: number, state: string, done: number, total: number, objects: number, undone: number, kept: number, can_undo: boolean, problem: string }} Run */
/** @typedef {{ items: Category[], change: Run }} Changed */
/** @typedef {{ name?: string, color?: string, supercategory?: string, description?: string }} Values */

const LOST = "The server did not answer. Try again in a moment.";
const EVERY = 250; // milliseconds between two looks at a run

/** @returns {Promise<Reply<{ items: Category[] }>>} */
export function categories() {
  return fetchJson(apiUrl("categories"), { lost: LOST });
}

/** @param {string} name */
export function add(name) {
  return send("POST", "categories", { name });
}

/**
 * @param {Category} category as it was seen
 * @param {Values} values
 */
export function change({ id, revision }, values) {
  return send("PATCH", `categories/${id}`, { ...values, revision });
}

/**
 * @param {number} id
 * @param {number | null} before the category that it is to stand before; null: the end
 */
export function move(id, before) {
  return send("POST", `categories/${id}/move`, { before });
}

/**
 * @param {number} id
 * @param {number} into
 */
export function merge(id, into) {
  return send("POST", `categories/${id}/merge?background=true`, { into });
}

/**
 * @param {number} id
 * @param {"reject" | "leave"} objects what becomes of its objects
 */
export function remove(id, objects) {
  return send("DELETE", `categories/${id}?background=true&${objects}_objects=true`);
}

/**
 * @param {Run} run
 * @returns {Promise<Reply<Run>>}
 */
export function undo(run) {
  return fetchJson(apiUrl(`bulk/${run.id}/undo`), { lost: LOST, method: "POST" });
}

/** @param {Run} run */
export function cancel(run) {
  return fetchJson(apiUrl(`bulk/${run.id}/cancel`), { lost: LOST, method: "POST" });
}

/**
 * Look at a run until it has ended.
 * @param {Run} run
 * @param {(run: Run) => void} told
 * @returns {Promise<Reply<Run>>}
 */
export async function ended(run, told) {
  /** @type {Reply<Run>} */
  let now = run;
  while (now.error === undefined && now.state === "running") {
    told(now);
    await new Promise((resolve) => setTimeout(resolve, EVERY));
    now = await fetchJson(apiUrl(`bulk/${run.id}`), { lost: LOST });
  }
  return now.error === undefined && now.problem ? { error: now.problem } : now;
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<Reply<Changed>>}
 */
function send(method, path, body) {
  const json = body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  return fetchJson(apiUrl(path), { lost: LOST, method, ...json });
}
