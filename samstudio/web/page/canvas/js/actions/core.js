// What every part of a session shares: the store, the server, the undo history
// of each image, and the rule that changes happen one after the other.

import { History } from "../model/state.js";

export class Core {
  constructor({ store, transport }) {
    this.store = store;
    this.transport = transport;
    this.histories = new Map();
    this.queue = Promise.resolve();
    this.answering = Promise.resolve(); // the prompt on its way; corrections by hand wait for it
  }

  /** The undo history of the open image. */
  get history() {
    const id = this.store.get("image")?.id;
    if (!this.histories.has(id)) this.histories.set(id, new History());
    return this.histories.get(id);
  }

  /** Run `work` after all that was asked before it: a second Ctrl+Z waits for the first. */
  inTurn(work) {
    const result = this.queue.then(work);
    this.queue = result.catch(() => {});
    return result.catch((error) => this.say(error));
  }

  /** Tell the person what went wrong. */
  say(error) {
    this.store.set({ notice: { kind: "error", text: error.message } });
  }

  hint(text) {
    this.store.set({ notice: { kind: "hint", text } });
  }

  isOpen(image) {
    return this.store.get("image")?.id === image.id;
  }

  /** Change what is being drawn; an answer still on its way to another draft is dropped. */
  put(changes) {
    if (!("draft" in changes)) return this.store.set(changes);
    this.transport.forget("predict");
    return this.store.set({ ...changes, thinking: false, stalled: false });
  }

  /** As `put`, and undo brings back what was there. */
  step(changes) {
    const before = Object.fromEntries(Object.keys(changes).map((key) => [key, this.store.get(key)]));
    this.history.push({ undo: () => this.put(before), redo: () => this.put(changes) });
    this.put(changes);
  }
}
