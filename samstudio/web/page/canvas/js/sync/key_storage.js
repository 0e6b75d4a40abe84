// The keys that a person set, in the browser's localStorage: for all projects and tabs of this browser.

/** @import { StoredKeys } from "../types.d.ts" */

const KEY = "samstudio.keys";

export class KeyStorage {
  /** @type {StoredKeys} */
  #memory = { preset: "", own: {} }; // where the browser stores nothing

  /** @returns {StoredKeys} */
  read() {
    try {
      return understood(JSON.parse(localStorage.getItem(KEY) ?? "null")) ?? this.#memory;
    } catch {
      return this.#memory;
    }
  }

  /** @param {StoredKeys} keys */
  write(keys) {
    this.#memory = keys;
    try {
      localStorage.setItem(KEY, JSON.stringify(keys));
    } catch {
      /* a private window: they last as long as the page */
    }
  }

  /**
   * Run `heard` when another tab of this browser has changed them.
   * @param {() => void} heard
   */
  onChange(heard) {
    window.addEventListener("storage", ({ key }) => key === KEY && heard());
  }
}

/**
 * What is stored, or null where it is not of this shape.
 * @param {any} stored
 * @returns {StoredKeys | null}
 */
function understood(stored) {
  if (typeof stored?.preset !== "string" || typeof stored.own !== "object" || stored.own === null) return null;
  const own = Object.entries(stored.own).map(([preset, keys]) => [preset, Object.fromEntries(Object.entries(keys ?? {}).filter(([, names]) => areNames(names)))]);
  return { preset: stored.preset, own: Object.fromEntries(own) };
}

/** @param {unknown} names */
function areNames(names) {
  return Array.isArray(names) && names.every((name) => typeof name === "string");
}
