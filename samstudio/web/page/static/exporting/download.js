// Fetches an export with its notes, and saves it as the browser saves a download.

import { apiUrl, detailIn } from "../../canvas/sync/http.js";

/** What is exported: the query's names are those of the REST API (docs/api.md). */
/**
 * @typedef {{ format: string, status: readonly string[], category: readonly string[], group: readonly string[], tag: readonly string[], split: readonly string[], images: boolean, withEmpty: boolean }} ExportChoice
 */
/** Images by their ids, or all that a query finds but some: as the REST API takes it. */
/** @typedef {{ images: readonly string[] } | { query: Readonly<Record<string, string>>, without: readonly string[] }} Only */
/** @typedef {{ name: string, notes: readonly string[] }} Exported */

/**
 * Have the server write an export, and save it; `onProgress` gets the megabytes so far, and of how many where that is known.
 * @param {ExportChoice} choice
 * @param {{ signal: AbortSignal, onProgress: (done: number, total: number | null) => void, only?: Only }} how
 * @returns {Promise<Exported>}
 */
export async function download(choice, { signal, onProgress, only }) {
  const asked = only ? fetch(apiUrl("dataset/export"), { signal, ...posted(choice, only) }) : fetch(address(choice), { signal });
  const reply = await asked.catch(() => null);
  if (!reply) throw new Error("The server did not answer. Nothing was changed; try again in a moment.");
  if (!reply.ok) throw new Error(detailIn(await reply.text()) ?? `The server answered ${reply.status}.`);
  const blob = await received(reply, onProgress).catch(() => null);
  if (!blob) throw new Error("The download was cut off. Nothing was changed; try again in a moment.");
  const name = /filename="?([^";]+)/.exec(reply.headers.get("content-disposition") ?? "")?.[1] ?? `samstudio-${choice.format}.zip`;
  save(blob, name);
  return { name, notes: notesOf(reply.headers.get("x-samstudio-notes")) };
}

/**
 * The address of an export.
 * @param {ExportChoice} choice
 */
export function address({ format, images, withEmpty, ...lists }) {
  const query = new URLSearchParams({ format });
  for (const [name, values] of Object.entries(lists)) for (const one of values) query.append(name, one);
  if (!images) query.append("images", "false");
  if (withEmpty) query.append("with_empty", "true");
  return apiUrl(`dataset/export?${query}`);
}

/**
 * The request for an export of some images.
 * @param {ExportChoice} choice
 * @param {Only} only
 */
function posted({ withEmpty, ...rest }, only) {
  const body = JSON.stringify({ ...only, export: { ...rest, with_empty: withEmpty } });
  return { method: "POST", headers: { "Content-Type": "application/json" }, body };
}

/**
 * @param {Response} reply
 * @param {(done: number, total: number | null) => void} onProgress
 */
async function received(reply, onProgress) {
  const length = Number(reply.headers.get("content-length"));
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const parts = [];
  let done = 0;
  const reader = /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (reply.body).getReader();
  for (let { value } = await reader.read(); value; { value } = await reader.read()) {
    parts.push(value);
    done += value.length;
    onProgress(done / 1e6, length ? length / 1e6 : null);
  }
  if (length && done < length) throw new Error();
  return new Blob(parts, { type: "application/zip" });
}

/**
 * @param {Blob} blob
 * @param {string} name
 */
function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * @param {string | null} header
 * @returns {string[]}
 */
function notesOf(header) {
  try {
    return JSON.parse(header ?? "[]");
  } catch {
    return [];
  }
}
