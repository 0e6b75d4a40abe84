// How large the pictures are: remembered in this browser.

const KEY = "samstudio.gallery.size";
const DEFAULT = 190;

export function rememberedSize() {
  try {
    const kept = Number(localStorage.getItem(KEY));
    return kept >= 110 && kept <= 380 ? kept : DEFAULT;
  } catch {
    return DEFAULT;
  }
}

/** @param {number} size */
export function rememberSize(size) {
  try {
    localStorage.setItem(KEY, String(size));
  } catch {
    // a frame that may store nothing: the size lasts as long as the page
  }
}
