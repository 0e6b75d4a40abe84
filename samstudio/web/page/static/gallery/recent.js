// The dialog of what was done to many images: the last actions, how they ended, and Undo of each.

import { h } from "../../canvas/panels/dom.js";
import { Frame, button, problem } from "../importing/frame.js";
import { beingDone, far, outcomeOf, titleOf } from "./outcomes.js";

/** @import { Runs } from "./runs.js" */
/** @import { Run } from "./select_types.d.ts" */
/** @import { Call } from "./types.d.ts" */

/**
 * @param {Call} call
 * @param {Runs} runs
 */
export async function openRecent(call, runs) {
  const close = () => {
    frame.close();
    frame.dialog.remove();
  };
  const undo = (/** @type {Run} */ run) => {
    close();
    runs.undo(run.id);
  };
  const frame = new Frame("Recent changes", close);
  frame.show();
  frame.wait("Loading", [button("Close", close)]);
  try {
    const { runs: all } = await call("bulk_runs", {});
    frame.busy = false;
    const list = all.length ? h("ul.ss-recent", {}, all.map((run) => line(run, () => undo(run)))) : null;
    const lead = h("p.ss-lead", {}, "The last changes of many images at once and of categories, of everybody, since the app was started.");
    frame.draw([lead, list], [button("Close", close)]);
  } catch (error) {
    frame.busy = false;
    frame.draw([problem(error instanceof Error ? error.message : String(error))], [button("Close", close)]);
  }
}

/**
 * @param {Run} run
 * @param {() => void} undo
 */
function line(run, undo) {
  const isBusy = run.state === "running" || run.state === "undoing";
  const words = isBusy ? [beingDone(run), h("span", {}, far(run))] : [titleOf(run), ...outcomeOf(run)];
  const at = new Date(run.started_at);
  const when = h("time.ss-quiet", { datetime: run.started_at, translate: "no" }, at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
  return h(
    "li",
    { "data-recent-run": run.state },
    when,
    h("div.ss-run-words", {}, words),
    run.can_undo ? h("button.ss-button.ss-small", { type: "button", "data-undo-run": "", onclick: undo }, "Undo") : null,
  );
}
