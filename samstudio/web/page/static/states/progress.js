// How far the set is, in the header of every tab: a bar, "34 of 120 done", and how many of those have nothing on them.

import { find, partsOf } from "../../canvas/panels/dom.js";

/** @import { ServerStatus } from "../../canvas/js/types.d.ts" */

/**
 * @param {HTMLElement} header
 * @param {ServerStatus["states"]} states
 */
export function drawProgress(header, { todo, in_progress: begun, done, nothing }) {
  const pill = find(header, "[data-progress]");
  const part = partsOf(pill, (name) => `[data-progress-${name}]`);
  const finished = done + nothing;
  const total = todo + begun + finished;
  pill.hidden = total === 0;
  part("bar", HTMLProgressElement).value = total ? finished / total : 0;
  part("short").textContent = `${finished} / ${total}`;
  part("text").textContent = `${finished} of ${total} done`;
  part("nothing").textContent = nothing ? `· ${nothing} nothing here` : "";
  pill.title = `${todo} to do, ${begun} in progress, ${done} done, ${nothing} with nothing here`;
  pill.setAttribute("aria-label", `${finished} of ${total} images done`);
}
