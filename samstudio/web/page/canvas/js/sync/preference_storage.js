// The preferences of one person, in the browser's localStorage.

/** @import { StoredPreferences } from "../types.d.ts" */

const KEY = "samstudio.preferences";

/** @returns {Partial<StoredPreferences>} */
export function readPreferences() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}") ?? {};
  } catch {
    return {};
  }
}

/** @param {StoredPreferences} values */
export function writePreferences(values) {
  try {
    localStorage.setItem(KEY, JSON.stringify(values));
  } catch {
    /* a private window: the preferences last as long as the page */
  }
}
