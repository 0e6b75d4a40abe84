// Every key of the canvas, in one table: the handler and the help page read it.

/** `commands`: name → function. Returns the table as `[keys, what, command]` rows. */
export const SHORTCUTS = [
  ["Drag", "Box round an object"],
  ["Left click", "This belongs to the object"],
  ["Right click, Alt+click", "This does not"],
  ["Enter", "Accept the object", "accept"],
  ["Esc", "Clear the object being drawn", "discard"],
  ["Ctrl+Z", "Undo", "undo"],
  ["Ctrl+Shift+Z", "Redo", "redo"],
  ["Delete", "Delete the selected object", "remove"],
  ["1 … 9", "Choose a category"],
  ["← / →", "Previous or next image"],
  ["B", "Draw and click", "toolPrompt"],
  ["V", "Select accepted objects", "toolSelect"],
  ["H", "Move the picture", "toolPan"],
  ["Space (held), middle button", "Move the picture"],
  ["Wheel, + / −", "Zoom"],
  ["F", "Fit to the window", "fit"],
  ["0", "Actual pixels", "actual"],
  ["?", "This list", "help"],
];

const PLAIN = {
  Enter: "accept",
  Escape: "discard",
  Delete: "remove",
  Backspace: "remove",
  ArrowLeft: "previous",
  ArrowRight: "next",
  PageUp: "previous",
  PageDown: "next",
  b: "toolPrompt",
  v: "toolSelect",
  h: "toolPan",
  f: "fit",
  0: "actual",
  "+": "zoomIn",
  "=": "zoomIn",
  "-": "zoomOut",
  "?": "help",
};

/** The command a key event stands for, or null. */
export function commandOf(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) {
    if (key === "z") return event.shiftKey ? "redo" : "undo";
    return key === "y" ? "redo" : null;
  }
  if (event.altKey) return null;
  if (/^[1-9]$/.test(key)) return `category${key}`;
  return PLAIN[key] ?? null;
}

/** Whether a key event belongs to something that takes text or its own keys. */
export function typing(event) {
  const target = event.target;
  return target instanceof HTMLElement && target.closest("input, textarea, select, dialog, [contenteditable=true]") !== null;
}
