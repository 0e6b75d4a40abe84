// Actions on many images that are being done, and how they ended: progress that can be cancelled, a count, Undo.

import { h, icon } from "../../canvas/panels/dom.js";
import { beingDone, far, outcomeOf, titleOf } from "./outcomes.js";

/** @import { Run, WireSelection } from "./select_types.d.ts" */
/** @import { Call } from "./types.d.ts" */

const SHOWN = 2; // that have ended
const SECONDS = 30; // until one that went well goes away by itself
const PAUSE = 300; // milliseconds between two looks
const BUSY = new Set(["running", "undoing"]);

export class Runs {
  /**
   * @param {HTMLElement} element
   * @param {{ call: Call, changed: () => Promise<void>, failed: (error: unknown) => void }} parts `changed`: called when images have changed
   */
  constructor(element, { call, changed, failed }) {
    this.element = element;
    this.call = call;
    this.changed = changed;
    this.failed = failed;
    /** @type {Map<number, { run: Run, row: HTMLElement, timer?: ReturnType<typeof setTimeout> }>} */
    this.shown = new Map();
  }

  /**
   * @param {string} action
   * @param {string} value
   * @param {WireSelection} selection
   */
  start(action, value, selection) {
    return this.#try(() => this.call("bulk_start", { action, value, selection }));
  }

  /**
   * Take back what was done.
   * @param {number} id
   */
  undo(id) {
    return this.#try(() => this.call("bulk_undo", { id }));
  }

  /** Show what is being done already: by others, or before the page was opened. */
  async resume() {
    const { runs } = await this.call("bulk_runs", {}).catch(() => ({ runs: [] }));
    for (const run of runs) if (BUSY.has(run.state) && !this.shown.has(run.id)) this.#follow(run);
  }

  /** Take back what was done last, where it can be; tells whether there was something. */
  undoLast() {
    const buttons = this.element.querySelectorAll("[data-undo]");
    const last = buttons[buttons.length - 1];
    if (last instanceof HTMLElement) last.click();
    return last !== undefined;
  }

  /** @param {() => Promise<Run>} ask */
  async #try(ask) {
    try {
      await this.#follow(await ask());
    } catch (error) {
      this.failed(error);
    }
  }

  /** @param {Run} begun */
  async #follow(begun) {
    let run = begun;
    this.#show(run);
    while (BUSY.has(run.state)) {
      await new Promise((done) => setTimeout(done, PAUSE));
      // The server may be away for a moment; the action goes on there.
      run = await this.call("bulk_look", { id: run.id }).catch((error) => this.#lost(run, error));
      this.#show(run);
    }
    if (run.images) await this.changed();
  }

  /**
   * @param {Run} run
   * @param {unknown} error
   */
  async #lost(run, error) {
    const { runs } = await this.call("bulk_runs", {}).catch(() => ({ runs: [run] }));
    const found = runs.find(({ id }) => id === run.id);
    if (!found) this.#forget(run.id);
    if (!found) throw error;
    return found;
  }

  /** @param {Run} run */
  #show(run) {
    const row = BUSY.has(run.state) ? this.#progress(run) : this.#outcome(run);
    const before = this.shown.get(run.id);
    clearTimeout(before?.timer);
    const hadFocus = before?.row.contains(document.activeElement);
    if (before) before.row.replaceWith(row);
    else this.element.append(row);
    if (hadFocus) row.querySelector("button")?.focus();
    const passes = !BUSY.has(run.state) && !run.problem;
    const timer = passes ? setTimeout(() => this.#forget(run.id), SECONDS * 1000) : undefined;
    this.shown.set(run.id, { run, row, timer });
    const ended = [...this.shown.values()].filter((one) => !BUSY.has(one.run.state));
    for (const { run: old } of ended.slice(0, Math.max(0, ended.length - SHOWN))) this.#forget(old.id);
  }

  /** @param {number} id */
  #forget(id) {
    clearTimeout(this.shown.get(id)?.timer);
    this.shown.get(id)?.row.remove();
    this.shown.delete(id);
  }

  /** @param {Run} run */
  #progress(run) {
    const undoing = run.state === "undoing";
    const bar = h("progress.ss-bar", { max: Math.max(1, undoing ? run.done : run.total), value: undoing ? run.undone : run.done, "aria-label": "Progress" });
    const cancel = () => this.#try(() => this.call("bulk_cancel", { id: run.id }));
    return h(
      "div.ss-say.ss-run",
      { "data-run": run.state },
      h("div.ss-run-words", {}, beingDone(run), h("span", {}, far(run)), bar),
      h("button.ss-button.ss-small", { type: "button", "data-cancel": "", onclick: cancel }, "Cancel"),
    );
  }

  /** @param {Run} run */
  #outcome(run) {
    return h(
      `div.ss-say.ss-run.${run.problem ? "ss-bad" : "ss-good"}`,
      { "data-run": run.state, role: run.problem ? "alert" : null },
      h("div.ss-run-words", {}, titleOf(run), outcomeOf(run)),
      run.can_undo ? h("button.ss-button.ss-small", { type: "button", "data-undo": "", onclick: () => this.undo(run.id) }, "Undo") : null,
      h("button.ss-icon", { type: "button", "aria-label": "Close", onclick: () => this.#forget(run.id) }, icon("close")),
    );
  }
}
