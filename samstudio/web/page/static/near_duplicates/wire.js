// What the dialog of near-duplicates asks of the REST API.

import { apiUrl, fetchJson } from "../../canvas/sync/http.js";
import { LOST, ended } from "../splits/wire.js";

/** @import { Reply } from "../../canvas/sync/http.js" */
/** @import { Run } from "../splits/wire.js" */

/** @typedef {{ id: string, filename: string, group: string | null }} SuggestedImage */
/** @typedef {{ id: string, name: string, groups: string[], count: number, similarity: number, images: SuggestedImage[] }} Suggestion */
/**
 * @typedef {{
 *   state: "looking" | "ready" | "few" | "failed", images: number, compared: number, progress: number, total: number,
 *   dismissed: number, fewest: number, problem: string, items: Suggestion[], after: string | null,
 * }} Found
 */

/**
 * @param {string | null} [after] the last one that is known
 * @returns {Promise<Reply<Found>>}
 */
export function look(after = null) {
  return fetchJson(apiUrl(after ? `near-duplicates?after=${after}` : "near-duplicates"), { lost: LOST });
}

/** @param {readonly string[] | null} ids null: all */
export function accept(ids) {
  return ended("near-duplicates/accept", post(ids ? { ids } : {}));
}

/** @param {readonly string[] | null} ids null: all */
export function dismiss(ids) {
  return ended("near-duplicates/dismiss", post(ids ? { ids } : {}));
}

/** @returns {Promise<Reply<{ dismissed: number }>>} */
export function bringBack() {
  return fetchJson(apiUrl("near-duplicates/bring-back"), { lost: LOST, method: "POST" });
}

/**
 * Encode all images.
 * @param {(run: Run) => unknown} tell called with how far it is
 */
export function encodeAll(tell) {
  return ended("bulk", post({ action: "encode", query: {} }), tell);
}

/** @param {object} body */
function post(body) {
  return { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}
