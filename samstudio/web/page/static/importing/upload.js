// Sends the files of an import, three at a time. Each has an outcome of its own; what was not sent can be
// sent again, and what has arrived is not sent twice.

import { isLost, messageOf } from "../../canvas/sync/transport.js";
import { arrived, put } from "./wire.js";

/** @import { Arrival } from "../../canvas/js/types.d.ts" */

const AT_ONCE = 3;
const ONCE = /** @type {readonly number[]} */ ([]);

/**
 * One file on its way. `why`: why it is not there.
 * @typedef {Arrival & { state: "waiting" | "sending" | "arrived" | "refused" | "unsent", sent: number, why: string }} Item
 */

export class Upload {
  /**
   * @param {string} id
   * @param {() => void} changed
   */
  constructor(id, changed) {
    this.id = id;
    this.changed = changed;
    /** @type {Item[]} */
    this.items = [];
    this.stopping = new AbortController();
    this.away = false; // the server did not answer for the last file
  }

  /** @param {readonly Arrival[]} arrivals */
  add(arrivals) {
    const paths = new Set(arrivals.map(({ path }) => path));
    const kept = this.items.filter(({ path }) => !paths.has(path));
    this.items = [...kept, ...arrivals.map((one) => ({ ...one, state: /** @type {const} */ ("waiting"), sent: 0, why: "" }))];
  }

  /** Send what waits and what was not sent before. */
  async run() {
    const due = this.items.filter(({ state }) => state === "waiting" || state === "unsent");
    await this.skipArrived(due);
    const queue = due.filter(({ state }) => state !== "arrived");
    for (const item of queue) Object.assign(item, { state: "waiting", sent: 0, why: "" });
    const next = async () => {
      for (let item = queue.shift(); item && !this.stopping.signal.aborted; item = queue.shift()) await this.send(item);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
  }

  /** @param {readonly Item[]} items */
  async skipArrived(items) {
    if (!items.some(({ state }) => state === "unsent")) return;
    const there = await arrived(this.id);
    for (const item of items) if (there?.get(item.path) === item.file.size) this.end(item, "arrived");
  }

  /** @param {Item} item */
  async send(item) {
    item.state = "sending";
    this.changed();
    const onProgress = (/** @type {number} */ fraction) => {
      item.sent = fraction;
      this.changed();
    };
    try {
      // A server that was away for one file is asked once for each of the others.
      await put(this.id, item, { onProgress, signal: this.stopping.signal, waits: this.away ? ONCE : undefined });
      this.away = false;
      this.end(item, "arrived");
    } catch (error) {
      this.away = isLost(error);
      this.end(item, this.away ? "unsent" : "refused", messageOf(error));
    }
  }

  /**
   * @param {Item} item
   * @param {Item["state"]} state
   * @param {string} [why]
   */
  end(item, state, why = "") {
    Object.assign(item, { state, why, sent: state === "arrived" ? 1 : 0 });
    this.changed();
  }

  stop() {
    this.stopping.abort();
  }

  /** @param {...Item["state"]} states */
  of(...states) {
    return this.items.filter(({ state }) => states.includes(state));
  }

  /** How much has arrived, 0 to 1, by bytes. */
  get fraction() {
    const size = (/** @type {Item} */ { file }) => file.size + 1;
    const total = this.items.reduce((sum, item) => sum + size(item), 0);
    return total ? this.items.reduce((sum, item) => sum + size(item) * item.sent, 0) / total : 0;
  }
}
