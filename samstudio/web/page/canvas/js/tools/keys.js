// Every key of the canvas, in one table: the handler and the help page read it.

/** `[group, [[keys shown, what it does, command, …key names]]]`; rows without a command are for the mouse. */
export const GROUPS = [
  ["Prompt", [
    ["S", "Box and click", "toolPrompt", "s"],
    ["Drag", "Box round an object"],
    ["Left click", "This belongs to the object"],
    ["Right click", "This does not; Alt+click and a long press too"],
    ["C", "Next of the masks that a first click allows", "candidate", "c"],
    ["M", "Several boxes, asked together; Shift+drag too", "many", "m"],
    ["N", "Next of several masks", "nextDraft", "n"],
    ["Enter", "Accept; or ask for the boxes, or close the polygon", "accept", "Enter"],
    ["Esc", "Clear, one thing after the other", "discard", "Escape"],
  ]],
  ["Correct", [
    ["B", "Brush (right button erases)", "toolBrush", "b"],
    ["E", "Eraser", "toolEraser", "e"],
    ["[ ]", "Brush size; Shift+wheel too", null],
    ["P", "Polygon (begun with the right button it cuts)", "toolPolygon", "p"],
    ["G", "Fill holes", "fill", "g"],
    ["R", "Remove specks", "specks", "r"],
    [". ,", "Grow, shrink", null],
    ["W", "Smooth the edge", "smooth", "w"],
  ]],
  ["Objects", [
    ["V", "Select (Shift+click: more)", "toolSelect", "v"],
    ["↑ / ↓", "Previous or next object", null],
    ["F2", "Correct the selected object; or double click it", "edit", "F2"],
    ["Delete", "Delete it", "remove", "Delete", "Backspace"],
    ["1 … 9", "Choose a category"],
    ["Ctrl+D", "Duplicate", "duplicate", "Ctrl+d"],
    ["U", "Merge the selected objects into one", "merge", "u"],
    ["X", "Split an object in its parts", "split", "x"],
    ["I", "Hide or show", "hide", "i"],
    ["L", "Lock or unlock", "lock", "l"],
    ["Ctrl+↑ ↓", "Lay it over or under the next", null],
  ]],
  ["View", [
    ["H", "Move the picture", "toolPan", "h"],
    ["Space held", "Move the picture; middle button and two fingers too"],
    ["Wheel, + −", "Zoom; a pinch too"],
    ["F", "Fit to the window", "fit", "f"],
    ["0", "Actual pixels", "actual", "0"],
    ["Z", "Zoom to the object", "zoomObject", "z"],
    ["O", "Outlines only", "contours", "o"],
    ["D", "Brightness, contrast, opacity", "display", "d"],
    ["K", "Draw by keyboard: arrows move, Space clicks, Shift+Space takes away, B sets a corner of a box", "keyboard", "k"],
  ]],
  ["Anywhere", [
    ["Ctrl+Z", "Undo", "undo", "Ctrl+z"],
    ["Ctrl+Shift+Z", "Redo", "redo", "Ctrl+Shift+z", "Ctrl+y"],
    ["← / →", "Previous or next image"],
    ["?", "This list", "help", "?"],
  ]],
];

const MORE = {
  ArrowLeft: "previous",
  ArrowRight: "next",
  PageUp: "previous",
  PageDown: "next",
  ArrowUp: "previousObject",
  ArrowDown: "nextObject",
  "Ctrl+ArrowUp": "raise",
  "Ctrl+ArrowDown": "lower",
  "[": "smaller",
  "]": "larger",
  ".": "grow",
  ",": "shrink",
  "+": "zoomIn",
  "=": "zoomIn",
  "-": "zoomOut",
};

const COMMANDS = { ...MORE };
for (const [, rows] of GROUPS) {
  for (const [, , command, ...names] of rows) for (const name of names) COMMANDS[name] = command;
}

/** The command a key event stands for, or null. */
export function commandOf(event) {
  if (event.altKey) return null;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) return COMMANDS[`Ctrl+${event.shiftKey ? "Shift+" : ""}${key}`] ?? null;
  if (/^[1-9]$/.test(key)) return `category${key}`;
  return COMMANDS[key] ?? null;
}

/** Whether a key event belongs to something that takes text or its own keys. */
export function typing(event) {
  const target = event.target;
  return target instanceof HTMLElement && target.closest("input, textarea, select, dialog, [contenteditable=true]") !== null;
}
