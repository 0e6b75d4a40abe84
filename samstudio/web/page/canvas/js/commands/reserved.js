// Keys that no command can have: the page or the browser needs them.

const BROWSERS = new Set([
  "Ctrl+w", "Ctrl+t", "Ctrl+n", "Ctrl+Shift+w", "Ctrl+Shift+t", "Ctrl+Shift+n", "Ctrl+F4", "Alt+F4", "F5", "Ctrl+F5", "F11", "F12",
]);

/**
 * Why a key cannot be set; null where it can.
 * @param {string} name
 */
export function reservedBecause(name) {
  const key = name.replace(/^((Ctrl|Alt|Shift)\+(?=.))*/, "");
  if (key === "Tab") return "Tab moves through the buttons and fields of the page.";
  if (key === " ") return "Space moves the picture while it is held.";
  return BROWSERS.has(name) ? "The browser keeps this key for itself." : null;
}
