// The addresses of the server: the REST API (docs/api.md), and what the page alone needs. Whatever
// fails is answered with a problem detail (RFC 9457), whose `detail` is a sentence for a person.

/**
 * What was asked for, or why there is none.
 * @template T
 * @typedef {(T & { error?: undefined }) | { error: string }} Reply
 */

/**
 * The address of a route of the REST API, right also behind a proxy's prefix.
 * @param {string} path
 */
export function apiUrl(path) {
  return new URL(`api/v1/${path}`, document.baseURI).href;
}

/**
 * The address of one of the page's own routes: thumbnails, plots, what the comparison asks.
 * @param {string} path
 */
export function pageUrl(path) {
  return new URL(`studio/${path}`, document.baseURI).href;
}

/**
 * Fetch JSON; resolves to it or to a sentence, which is `lost` where there was no answer that can be read.
 * @template T
 * @param {string} url
 * @param {RequestInit & { lost: string }} options
 * @returns {Promise<Reply<T>>}
 */
export async function fetchJson(url, { lost, ...options }) {
  try {
    const reply = await fetch(url, options);
    const body = await reply.json();
    return reply.ok ? body : { error: body.detail ?? lost };
  } catch {
    return { error: lost };
  }
}

/**
 * The sentence in a failed reply's text; null where there is none, as in a proxy's error page.
 * @param {string} text
 * @returns {string | null}
 */
export function detailIn(text) {
  try {
    return JSON.parse(text).detail ?? null;
  } catch {
    return null;
  }
}
