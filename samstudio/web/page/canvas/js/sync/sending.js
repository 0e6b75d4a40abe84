// Sending one file as the raw body of a request: with progress, again when it was lost, and with a
// true sentence when it was not stored. Sending a file twice stores it once.

import { CallError } from "./transport.js";
import { detailIn } from "./http.js";

/** How long to wait before each further try, in milliseconds, when it is not known whether a file arrived. */
const WAITS = [400, 1500, 4000];

/**
 * What a file is sent to. `onProgress` gets fractions 0 to 1, `aborted` when it is not to be sent any more.
 * @typedef {{ method: string, url: string, onProgress?: (fraction: number) => void, signal?: AbortSignal }} Destination
 */

/**
 * Send a file until the server says what became of it; `lost` tells that an earlier try may have stored it.
 * @template T
 * @param {File} file
 * @param {Destination} to
 * @param {readonly number[]} [waits]
 * @returns {Promise<{ reply: T, lost: boolean }>}
 */
export async function sendPatiently(file, to, waits = WAITS) {
  for (let tries = 0; ; tries += 1) {
    try {
      return { reply: await sendOnce(file, to), lost: tries > 0 };
    } catch (error) {
      if (!(error instanceof CallError && error.lost)) throw error;
      if (to.signal?.aborted) throw error;
      await checkReadable(file);
      if (tries >= waits.length) throw unsent(file, error.message, tries + 1);
      await new Promise((resolve) => setTimeout(resolve, waits[tries]));
    }
  }
}

/**
 * @param {File} file
 * @param {string} why
 * @param {number} tries
 */
function unsent(file, why, tries) {
  const times = tries === 1 ? "" : ` It was sent ${tries} times.`;
  return new CallError(`“${file.name}” could not be sent: ${why}${times}`, { lost: true });
}

/**
 * Whether the browser itself can read the file: a folder it cannot, nor what was moved or deleted meanwhile.
 * @param {File} file
 */
export async function checkReadable(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch {
    throw new CallError(`“${file.name}” cannot be read here: it is a folder, or was changed, moved or deleted meanwhile.`);
  }
}

/**
 * @template T
 * @param {File} file
 * @param {Destination} to
 * @returns {Promise<T>}
 */
function sendOnce(file, { method, url, onProgress = () => {}, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (e) => e.lengthComputable && onProgress(e.loaded / e.total);
    request.onerror = () => reject(new CallError("the server did not answer.", { lost: true }));
    request.onabort = () => reject(new CallError("it was cancelled.", { lost: true }));
    request.onload = () => settle(file.name, request, resolve, reject);
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

/**
 * @template T
 * @param {string} name
 * @param {XMLHttpRequest} request
 * @param {(reply: T) => void} resolve
 * @param {(error: CallError) => void} reject
 */
function settle(name, { status, responseText }, resolve, reject) {
  if (status >= 200 && status < 300) {
    const reply = parsed(responseText);
    return reply === null ? reject(new CallError("the answer came in part.", { lost: true })) : resolve(reply);
  }
  const detail = detailIn(responseText);
  // What stands between may answer for a server that it cannot reach: nothing is known of the file.
  if (detail === null && status >= 502) return reject(new CallError(`the server answered ${status}.`, { lost: true }));
  if (detail === null) return reject(new CallError(`“${name}” was refused by the server (${status}).`));
  // What the server says of a file often names it; of several files, each must be named.
  return reject(new CallError(detail.includes(name) ? detail : `“${name}”: ${detail}`));
}

/** @param {string} text */
function parsed(text) {
  try {
    return text === "" ? {} : JSON.parse(text);
  } catch {
    return null;
  }
}
