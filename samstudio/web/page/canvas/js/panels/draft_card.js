// The card of what is being drawn: what it is, what can be done with it.

import { hasPrompt, isCorrected, isStarted } from "../model/drafts.js";
import { cornersOf } from "../model/polygons.js";
import { isProposed } from "../model/statuses.js";
import { partsOf } from "./dom.js";

/** @import { App, State, StoredObject } from "../types.d.ts" */

/** @typedef {State & { review: readonly StoredObject[] }} Shown The state, and the proposals that wait to be looked at. */

const START = "Drag a box round an object, or click on it.";

/** @param {App} app */
export function mountDraftCard({ root, store, bindings }) {
  const part = partsOf(root);
  const [accept, discard] = [part("accept", HTMLButtonElement), part("discard", HTMLButtonElement)];

  store.on(["draft", "waiting", "boxes", "polygon", "snap", "thinking", "saving", "stalled", "selection", "objects"], (all) => {
    const values = { ...all, review: proposals(all) };
    const { draft, waiting, boxes, polygon, thinking, review } = values;
    const busy = isStarted(draft) || waiting.length > 0 || boxes.length > 0 || polygon !== null;
    part("draft-card").classList.toggle("ss-empty", !busy);
    part("draft-title").textContent = title(values);
    part("draft-text").textContent = describe(values, (id) => bindings.shown(id));
    const corners = polygon ? cornersOf(polygon).length : 0;
    accept.disabled = thinking || !(draft.mask || waiting.length || boxes.length || corners > 2 || review.length);
    accept.childNodes[0].textContent = acceptWord(values);
    discard.disabled = !busy;
    part("candidate").hidden = draft.candidates.length < 2;
    part("candidate-text").textContent = `Mask ${draft.candidate + 1} of ${draft.candidates.length}`;
  });
}

// The selected objects that nobody has accepted yet, where nothing else is begun.
/** @param {State} values */
function proposals({ draft, waiting, selection, objects }) {
  if (isStarted(draft) || waiting.length) return [];
  return objects.filter((one) => selection.includes(one.id) && isProposed(one));
}

/** @param {Shown} values */
function title({ draft, waiting, boxes, polygon, review }) {
  if (polygon) return polygon.cut ? "Cutting a polygon" : "Drawing a polygon";
  if (boxes.length) return boxes.length === 1 ? "1 box" : `${boxes.length} boxes`;
  if (waiting.length) return `${waiting.length + 1} new objects`;
  if (draft.of) return `Correcting ${draft.category}`;
  if (review.length) return review.length === 1 ? `Proposed ${review[0].category}` : `${review.length} proposed objects`;
  return isStarted(draft) ? "New object" : "No object started";
}

/**
 * @param {Shown} values
 * @param {(id: string) => string} key how a command's key is called
 */
function describe({ draft, waiting, boxes, polygon, snap, thinking, stalled, review }, key) {
  if (thinking) return "Looking…";
  if (stalled) return "The server does not answer; this is asked again when it does.";
  if (polygon && snap) return `Click along the edge; Shift: a straight side. A click on the first corner, or ${key("accept")}, closes it.`;
  if (polygon) return `Click corners; a click on the first one, or ${key("accept")}, closes it.`;
  if (boxes.length) return `Draw on, or press ${key("accept")} for their masks.`;
  if (waiting.length) return `${key("accept")} accepts all. ${key("nextDraft")} goes to the next, to correct it; ${key("remove")} drops the one with the box.`;
  if (draft.mask && draft.iou !== null) return `Predicted IoU ${draft.iou.toFixed(2)} · ${versionName(draft.version)}${isCorrected(draft) ? " · corrected" : ""}`;
  if (draft.mask) return draft.of ? `Brush, cut or click; ${key("accept")} saves it.` : "Drawn by hand";
  if (review.length) return `${key("accept")} accepts, ${key("remove")} rejects. Double click it to correct it first.`;
  return hasPrompt(draft) ? "No mask there yet. Add a click, or draw it." : START;
}

/** @param {Shown} values */
function acceptWord({ draft, waiting, boxes, polygon, review }) {
  if (polygon) return "Close ";
  if (boxes.length) return "Masks ";
  if (waiting.length) return `Accept ${waiting.length + 1} `;
  if (review.length > 1) return `Accept ${review.length} `;
  return draft.of ? "Save " : "Accept ";
}

/** @param {number | null} version */
export function versionName(version) {
  if (version === null) return "by hand";
  return version === 0 ? "stock" : `v${version}`;
}
