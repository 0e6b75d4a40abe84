// Which image of a filtered list was open, and where in it: kept for a reload of this browser tab.

/** @import { Store } from "../model/state.js" */
/** @import { Query } from "../types.d.ts" */

const KEY = "samstudio.place";

/**
 * Take up the place that was kept, where it is of the same list, and keep it from now on.
 * @param {Store} store
 */
export function keepPlaces(store) {
  store.set({ place: read(store.get("query")) });
  store.on(["place", "query"], ({ place, query }) => place && write(JSON.stringify({ query: String(new URLSearchParams(query)), place })));
}

/** @param {Query} query */
function read(query) {
  const asked = String(new URLSearchParams(query));
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    return asked && kept?.query === asked ? kept.place : null;
  } catch {
    return null;
  }
}

/** @param {string} text */
function write(text) {
  try {
    sessionStorage.setItem(KEY, text);
  } catch {
    // a frame that may store nothing: a reload opens the first image of the list
  }
}
