// Keys by name: "b", "Escape", "Ctrl+Shift+z"; how they are read from an event, and how they are shown.

const SHOWN = { Escape: "Esc", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", "-": "−" };

/** The name of the key of an event, or null where Alt is held: that is the browser's. */
export function keyOf(event) {
  if (event.altKey) return null;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.ctrlKey || event.metaKey ? `Ctrl+${event.shiftKey ? "Shift+" : ""}${key}` : key;
}

/** A key as it is printed on the keyboard. */
export function shownKey(name) {
  const [, modifiers, key] = /^((?:Ctrl\+|Shift\+)*)(.+)$/.exec(name);
  return modifiers + (SHOWN[key] ?? (key.length === 1 ? key.toUpperCase() : key));
}

/** Whether a key event belongs to something that takes text or its own keys. */
export function typing(event) {
  const target = event.target;
  return target instanceof HTMLElement && target.closest("input, textarea, select, dialog, [contenteditable=true]") !== null;
}
