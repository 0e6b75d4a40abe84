// The keys of other tools, for who comes from them: what each tool has by default for what there is here too. Where it has no such
// command the default key stays. A default key that a preset gives to another command has its own replacement here.
// Checked in November 2026 against each tool's source: CVAT's `componentShortcuts`, Label Studio's keymap.json and its list of
// hotkeys, labelme's default_config.yaml. Keys pressed one after the other (CVAT's T H) cannot be set here.

/** @import { KeyPreset } from "../types.d.ts" */

const DIGITS = Array.from({ length: 9 }, (_, i) => i + 1);

/** @type {KeyPreset} */
const CVAT = {
  id: "cvat",
  label: "CVAT",
  keys: {
    previous: ["d", "ArrowLeft", "PageUp"],
    next: ["f", "ArrowRight", "PageDown"],
    toolPrompt: ["n"],
    nextDraft: ["Shift+n"],
    notes: ["Alt+n"],
    hide: ["h", "i"],
    toolPan: ["Shift+h"],
    history: ["Alt+h"],
    merge: ["m", "j"],
    toolOutline: ["Shift+j"],
    many: ["s"],
    raise: ["+", "=", "Ctrl+ArrowUp"],
    lower: ["-", "_", "Ctrl+ArrowDown"],
    zoomIn: ["Ctrl++", "Ctrl+="],
    zoomOut: ["Ctrl+-"],
    fit: ["Shift+f"],
    settings: ["F2", "Ctrl+,"],
    edit: ["Shift+F2"],
    help: ["F1", "?"],
    ...Object.fromEntries(DIGITS.map((digit) => [`category${digit}`, [`Ctrl+${digit}`, `${digit}`]])),
  },
};

/** @type {KeyPreset} */
const LABEL_STUDIO = {
  id: "labelstudio",
  label: "Label Studio",
  keys: {
    previous: ["Ctrl+ArrowLeft", "ArrowLeft", "PageUp", "a"],
    next: ["Ctrl+ArrowRight", "ArrowRight", "PageDown", "d"],
    discard: ["Escape", "u"],
    toolPrompt: ["r"],
    toolWand: ["w"],
    smooth: ["Shift+w"],
    specks: ["s"],
    merge: ["Shift+u"],
    notes: ["Alt+m", "Shift+n"],
    remove: ["Backspace", "Delete"],
    nextObject: ["Alt+.", "ArrowDown"],
    hide: ["Alt+h"],
    lock: ["Alt+l"],
    zoomIn: ["Ctrl++", "Ctrl+="],
    zoomOut: ["Ctrl+-"],
    fit: ["Shift+1", "f"],
    actual: ["Shift+2", "0"],
  },
};

/** @type {KeyPreset} */
const LABELME = {
  id: "labelme",
  label: "labelme",
  keys: {
    previous: ["a", "Ctrl+Shift+a", "ArrowLeft", "PageUp"],
    next: ["d", "Ctrl+Shift+d", "ArrowRight", "PageDown"],
    toolPrompt: ["Ctrl+r", "s"],
    toolSelect: ["Ctrl+j", "v"],
    zoomIn: ["Ctrl++", "Ctrl+="],
    zoomOut: ["Ctrl+-"],
    actual: ["Ctrl+0"],
    fit: ["Ctrl+f"],
    peek: ["t"],
    toolWand: ["q"],
  },
};

/** @type {readonly KeyPreset[]} */
export const PRESETS = [{ id: "samstudio", label: "SAM Studio", keys: {} }, CVAT, LABEL_STUDIO, LABELME];
