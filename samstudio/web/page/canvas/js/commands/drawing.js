// Commands that end or drop what is being drawn.

import { isStarted } from "../model/drafts.js";

/** @import { App, Command } from "../types.d.ts" */

/** @type {readonly Command[]} */
export const DRAWING = [
  { id: "accept", keys: ["Enter"], label: "Accept; or ask for the boxes, or close the polygon", group: "Prompt", run: finish },
  { id: "acceptAll", keys: [], label: "Accept all", run: ({ session }) => session.reviewing.acceptAll() },
  {
    id: "discard",
    keys: ["Escape"],
    label: "Clear, one thing after the other",
    group: "Prompt",
    run: (app) => app.stage.cancel() || drop(app),
  },
];

// The innermost thing that is open is finished first.
/** @param {App} app */
function finish({ store, session: { accepting, batching, polygons, reviewing } }) {
  const { polygon, boxes, draft, waiting, selection } = store.values;
  if (polygon) return polygons.inTurn(() => polygons.close());
  if (boxes.length) return batching.ask();
  return isStarted(draft) || waiting.length ? accepting.accept() : reviewing.accept(selection);
}

/** @param {App} app */
function drop({ store, session: { batching, polygons, prompting } }) {
  if (store.get("polygon")) return polygons.drop();
  return store.get("boxes").length ? batching.clear() : prompting.discard();
}
