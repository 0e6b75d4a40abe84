// Which import this browser has begun: the server keeps it, and a page that is loaded again finds it by this.

const KEY = "samstudio.import";

/** @param {string | null} id */
export function remember(id) {
  try {
    if (id) localStorage.setItem(KEY, id);
    else localStorage.removeItem(KEY);
  } catch {
    // a frame that may store nothing: the import is then not found again
  }
}

export function recalled() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
