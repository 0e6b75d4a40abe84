// Which import this browser has begun: the server keeps it, and a page that is loaded again finds it by this.
// Another window may have begun one of its own since: the last one counts, and the server removes the others.

const KEY = "samstudio.import";

/** @param {string} id */
export function remember(id) {
  try {
    localStorage.setItem(KEY, id);
  } catch {
    // a frame that may store nothing: the import is then not found again
  }
}

/** @param {string} id */
export function forgotten(id) {
  if (recalled() === id) localStorage.removeItem(KEY);
}

export function recalled() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
