// What every part of a session shares: the store, the server, the undo history
// of each image, and the rule that changes happen one after the other.

import { History } from "../model/state.js";
import { messageOf } from "../sync/transport.js";

/** @import { ImageEntry, Mask, State } from "../types.d.ts" */
/** @import { Bindings } from "../commands/bindings.js" */
/** @import { Store } from "../model/state.js" */
/** @import { Transport } from "../sync/transport.js" */

export class Core {
  /** @param {{ store: Store, transport: Transport, bindings: Bindings }} parts */
  constructor({ store, transport, bindings }) {
    this.store = store;
    this.transport = transport;
    this.bindings = bindings; // what sentences call the keys
    /** @type {Map<string | undefined, History>} */
    this.histories = new Map();
    /** @type {Promise<unknown>} */
    this.queue = Promise.resolve();
    /** @type {Promise<unknown>} */
    this.answering = Promise.resolve(); // the prompt on its way; corrections by hand wait for it
    /** What draws masks makes its copies of a large one ahead of the frame that shows it. @type {(mask: Mask) => Promise<void>} */
    this.prepare = async () => {};
  }

  /** The undo history of the open image. */
  get history() {
    return this.historyOf(this.store.get("image")?.id);
  }

  /** @param {string | undefined} id of an image */
  historyOf(id) {
    let history = this.histories.get(id);
    if (!history) this.histories.set(id, (history = new History()));
    return history;
  }

  /**
   * Run `work` after all that was asked before it: a second Ctrl+Z waits for the first.
   * @template T
   * @param {() => T | Promise<T>} work
   * @returns {Promise<T | void>}
   */
  inTurn(work) {
    const result = this.queue.then(work);
    this.queue = result.catch(() => {});
    return result.catch((error) => this.say(error));
  }

  /**
   * Tell the person what went wrong.
   * @param {unknown} error
   */
  say(error) {
    this.store.set({ notice: { kind: "error", text: messageOf(error) } });
  }

  /** @param {string} text */
  hint(text) {
    this.store.set({ notice: { kind: "hint", text } });
  }

  /** @param {{ id: string }} image */
  isOpen(image) {
    return this.store.get("image")?.id === image.id;
  }

  /**
   * Change what is being drawn; an answer still on its way to another draft is dropped.
   * @param {Partial<State>} changes
   */
  put(changes) {
    if (!("draft" in changes)) return this.store.set(changes);
    this.transport.forget("predict");
    return this.store.set({ ...changes, thinking: false, stalled: false });
  }

  /**
   * As `put`, and undo brings back what was there.
   * @param {Partial<State>} changes
   */
  step(changes) {
    /** @type {Partial<State>} */
    const before = Object.fromEntries(Object.keys(changes).map((key) => [key, this.store.get(/** @type {keyof State} */ (key))]));
    this.history.push({ undo: () => this.put(before), redo: () => this.put(changes) });
    this.put(changes);
  }
}
