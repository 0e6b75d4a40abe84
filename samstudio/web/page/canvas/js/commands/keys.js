// Keys by name: "b", "Escape", "Shift+b", "Ctrl+Shift+z", "Alt+h"; how they are read from an event, and how they are shown.
// Where a character needs Shift to be typed, the character alone is the name: "?", not "Shift+/".

/** @type {Record<string, string>} */
const SHOWN = { Escape: "Esc", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", "-": "−", " ": "Space" };
/** Where the browser pastes, files too. */
export const PASTE = "Ctrl+v";
/** No keys of their own: modifiers, and what is still being put together into a character. */
const NO_KEYS = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Dead", "Process", "Unidentified"]);
const ASCII = 127;

/**
 * The names of the key of an event: the one that it is set by, then those that stand for it where no command has that one.
 * None where it is part of a composition, or no key by itself.
 * @param {KeyboardEvent} event
 * @returns {string[]}
 */
export function namesOf(event) {
  if (event.isComposing || NO_KEYS.has(event.key)) return [];
  // AltGr types characters, such as [ on many keyboards; some systems report it as Ctrl and Alt.
  const types = event.getModifierState("AltGraph");
  const held = types ? "" : `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}`;
  const key = characterOf(event, types);
  const digit = /^Digit(\d)$/.exec(event.code)?.[1];
  if (!event.shiftKey || types || digit === key) return [held + key];
  if (digit) return [`${held}Shift+${digit}`, held + key];
  if (key.length === 1 && key.toUpperCase() === key.toLowerCase()) return [held + key];
  return held ? [`${held}Shift+${key}`] : [`Shift+${key}`, key];
}

/**
 * What is printed on the key, small; on a keyboard of another alphabet, or where Alt makes another sign of it, its Latin letter.
 * @param {KeyboardEvent} event
 * @param {boolean} types AltGr is held
 */
function characterOf({ key, code, altKey }, types) {
  if (key.length > 1) return key;
  const letter = /^Key([A-Z])$/.exec(code)?.[1].toLowerCase();
  const foreign = (key.codePointAt(0) ?? 0) > ASCII || altKey;
  return letter && foreign && !types ? letter : key.toLowerCase();
}

/**
 * A key as it is printed on the keyboard.
 * @param {string} name
 */
export function shownKey(name) {
  const [modifiers] = /^((Ctrl|Alt|Shift)\+(?=.))*/.exec(name) ?? [""];
  const key = name.slice(modifiers.length);
  return modifiers + (SHOWN[key] ?? (key.length === 1 ? key.toUpperCase() : key));
}

/**
 * Whether a key event belongs to something that takes text or its own keys, or to a dialog that is open: what had the focus in it may be gone.
 * @param {Event} event
 */
export function typing(event) {
  const target = event.target;
  const takes = target instanceof HTMLElement && target.closest("input, textarea, select, dialog, [contenteditable=true]") !== null;
  return takes || document.querySelector("dialog:modal") !== null;
}
