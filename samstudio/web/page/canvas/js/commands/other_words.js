// What other tools call what there is here, for who comes from them: in tooltips, and found in the list of keys and in the
// settings. By a command's id, or by the `data-words` of what is no command.

/** @type {Readonly<Record<string, string>>} */
export const OTHER_WORDS = {
  // What is no command: a heading, a tab, a part of the list of keys.
  category: "label, class",
  object: "annotation, shape, region, instance",
  image: "frame, task, sample, file",
  proposed: "prediction, pre-annotation, auto-annotation, pseudo-label",
  dataset: "project, task, data manager, file list",
  finetune: "train, retrain, active learning",
  versions: "models, checkpoints, weights, runs",
  // Commands.
  accept: "submit, update, commit, save, finish",
  acceptAll: "submit or approve all predictions",
  discard: "cancel, skip, reset",
  toolPrompt: "rectangle, bounding box, AI tools, interactor, smart tool, AI-box",
  many: "batch prompts, draw several rectangles",
  candidate: "next mask, multi-mask output",
  toolBrush: "mask, brush labels, paint",
  toolEraser: "erase, remove from the mask",
  toolPolygon: "create polygons, draw a polygon, lasso",
  snap: "intelligent scissors, live-wire, magnetic lasso",
  toolWand: "flood fill, fuzzy select, magic wand labels",
  toolOutline: "edit polygons, vertices, nodes, contour points",
  toolSelect: "cursor, move tool, edit shapes",
  toolPan: "hand, move the image",
  fill: "close holes",
  specks: "remove islands, small regions, noise",
  grow: "dilate, expand",
  shrink: "erode, contract",
  smooth: "simplify, median, gaussian",
  edit: "edit mask, redraw, refine",
  remove: "delete shape, delete region, remove point",
  category1: "choose a label, class or hotkey 1 to 9",
  duplicate: "copy shape, propagate, clone",
  copy: "copy shapes",
  paste: "paste shapes",
  merge: "join, union, group",
  split: "slice, separate, connected components",
  hide: "visibility, toggle shape",
  lock: "pin, freeze",
  raise: "to foreground, bring forward, z-order, layer",
  lower: "to background, send backward, z-order, layer",
  history: "activity, audit log, annotation history",
  zoomObject: "focus, zoom to region",
  actual: "original size, 100%",
  fit: "fit window, zoom to fit, reset view",
  display: "image settings, window and level, color settings",
  contours: "outlined borders, wireframe, no fill",
  peek: "hide all shapes, toggle all polygons",
  keepZoom: "keep previous scale, reset zoom off",
  previous: "previous frame, previous task",
  next: "next frame, next task, skip",
  help: "shortcuts, hotkeys",
  settings: "shortcut settings, hotkeys, preferences",
  saved: "save, save job",
  manageCategories: "labels, label constructor, classes, ontology",
  done: "submit the task, complete, validate",
  nothing: "skip, negative, empty, background image",
  notes: "comment, issue, description, region meta",
  flag: "issue, review, starred, uncertain",
};

/**
 * What a tooltip says of them.
 * @param {string} name
 */
export function saidElsewhere(name) {
  const words = OTHER_WORDS[name];
  return words ? `In other tools: ${words}` : "";
}
