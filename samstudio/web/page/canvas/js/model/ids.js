// Names that this browser gives to things before the server knows them.

/** @import { Draft } from "../types.d.ts" */

/** A version 4 UUID; `crypto.randomUUID` alone is missing where the page comes by plain http. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * `draft` under a key of its own: accepted twice (two tabs, a lost reply) it is one object.
 * @param {Draft} draft
 * @returns {Draft & { readonly key: string }}
 */
export function keyed(draft) {
  return Object.freeze({ ...draft, key: newId() });
}
