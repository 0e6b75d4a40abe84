// Keys by name: "b", "Escape", "Ctrl+Shift+z"; how they are read from an event, and how they are shown.

/** @type {Record<string, string>} */
const SHOWN = { Escape: "Esc", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", "-": "−" };

/**
 * The name of the key of an event, or null where Alt is held: that is the browser's.
 * @param {KeyboardEvent} event
 */
export function keyOf(event) {
  if (event.altKey) return null;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.ctrlKey || event.metaKey ? `Ctrl+${event.shiftKey ? "Shift+" : ""}${key}` : key;
}

/**
 * A key as it is printed on the keyboard.
 * @param {string} name
 */
export function shownKey(name) {
  const [modifiers] = /^(Ctrl\+|Shift\+)*/.exec(name) ?? [""];
  const key = name.slice(modifiers.length);
  return modifiers + (SHOWN[key] ?? (key.length === 1 ? key.toUpperCase() : key));
}

/**
 * Whether a key event belongs to something that takes text or its own keys.
 * @param {Event} event
 */
export function typing(event) {
  const target = event.target;
  return target instanceof HTMLElement && target.closest("input, textarea, select, dialog, [contenteditable=true]") !== null;
}
