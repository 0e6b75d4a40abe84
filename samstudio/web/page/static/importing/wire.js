// What the import asks of the server: sessions that collect files, plan and apply (docs/api.md).

import { apiUrl, fetchJson } from "../../canvas/sync/http.js";
import { sendPatiently } from "../../canvas/sync/sending.js";

/** @import { Reply } from "../../canvas/sync/http.js" */
/** @import { Arrival, ImportChoice, ImportInfo } from "../../canvas/js/types.d.ts" */

export const LOST = "The server did not answer. What has arrived there is kept; try again in a moment.";

/**
 * @param {string} path
 * @param {string} method
 * @param {object} [body]
 * @returns {Promise<Reply<ImportInfo>>}
 */
function ask(path, method, body) {
  const sent = body ? { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
  return fetchJson(apiUrl(`imports${path}`), { lost: LOST, method, ...sent });
}

export const start = () => ask("", "POST");
export const look = (/** @type {string} */ id) => ask(`/${id}`, "GET");
export const plan = (/** @type {string} */ id, /** @type {ImportChoice} */ choice) => ask(`/${id}/plan`, "POST", choice);
export const apply = (/** @type {string} */ id) => ask(`/${id}/apply`, "POST");
export const cancel = (/** @type {string} */ id) => ask(`/${id}/cancel`, "POST");

/**
 * Forget an import; where the server does not answer, it does so by itself after a day.
 * @param {string} id
 */
export async function forget(id) {
  await fetch(apiUrl(`imports/${id}`), { method: "DELETE", keepalive: true }).catch(() => null);
}

/**
 * The sizes of the files that have arrived whole, by path; null where the server does not say.
 * @param {string} id
 * @returns {Promise<Map<string, number> | null>}
 */
export async function arrived(id) {
  /** @type {Reply<{ items: { path: string, size: number }[] }>} */
  const reply = await fetchJson(apiUrl(`imports/${id}/files`), { lost: LOST });
  return reply.error === undefined ? new Map(reply.items.map(({ path, size }) => [path, size])) : null;
}

/**
 * Send one file of an import.
 * @param {string} id
 * @param {Arrival} arrival
 * @param {{ onProgress: (fraction: number) => void, signal: AbortSignal, waits?: readonly number[] }} how
 */
export function put(id, { file, path }, { onProgress, signal, waits }) {
  const url = apiUrl(`imports/${id}/files/${path.split("/").map(encodeURIComponent).join("/")}`);
  return sendPatiently(file, { method: "PUT", url, onProgress, signal }, waits);
}

/**
 * The address of a doubt's picture; `made`: the plan's moment, so that no older picture is shown.
 * @param {ImportInfo} session
 * @param {number} index
 */
export function doubtUrl({ id, changed_at: made }, index) {
  return apiUrl(`imports/${id}/doubts/${index}?at=${encodeURIComponent(made)}`);
}
