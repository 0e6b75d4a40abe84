// The preferences of one person, in the browser's localStorage.

const KEY = "samstudio.preferences";

export function readPreferences() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

export function writePreferences(values) {
  try {
    localStorage.setItem(KEY, JSON.stringify(values));
  } catch {
    /* a private window: the preferences last as long as the page */
  }
}
