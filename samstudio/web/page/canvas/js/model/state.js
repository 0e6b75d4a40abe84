// What the canvas knows: plain values in one store, and the undo history.
// No DOM and no server here.

/** @import { HistoryEntry, Preferred, State } from "../types.d.ts" */

/** A value store that tells its listeners which keys changed, once a microtask. */
export class Store {
  /** @param {Omit<State, Preferred>} values */
  constructor(values) {
    this.values = /** @type {State} */ ({ ...values }); // what a person prefers is set next
    /** @type {{ keys: Set<keyof State> | null, listener: (values: State) => unknown }[]} */
    this.listeners = [];
    /** @type {Set<keyof State>} */
    this.changed = new Set();
  }

  /**
   * @template {keyof State} K
   * @param {K} key
   * @returns {State[K]}
   */
  get(key) {
    return this.values[key];
  }

  /** @param {Partial<State>} changes */
  set(changes) {
    for (const key of /** @type {(keyof State)[]} */ (Object.keys(changes))) {
      if (this.values[key] === changes[key]) continue;
      Object.assign(this.values, { [key]: changes[key] });
      if (this.changed.size === 0) queueMicrotask(() => this.flush());
      this.changed.add(key);
    }
  }

  /**
   * Run `listener(values)` after any of `keys` changed.
   * @param {readonly (keyof State)[]} keys
   * @param {(values: State) => unknown} listener
   */
  on(keys, listener) {
    this.listeners.push({ keys: new Set(keys), listener });
  }

  /**
   * Run `listener(values)` after any change.
   * @param {(values: State) => unknown} listener
   */
  onAny(listener) {
    this.listeners.push({ keys: null, listener });
  }

  flush() {
    const changed = this.changed;
    this.changed = new Set();
    for (const { keys, listener } of this.listeners) {
      if (!keys || [...changed].some((key) => keys.has(key))) listener(this.values);
    }
  }
}

/** Undo and redo of one image: entries `{undo(), redo()}`, which may be async. */
export class History {
  constructor(limit = 200) {
    this.limit = limit;
    /** @type {HistoryEntry[]} */
    this.done = [];
    /** @type {HistoryEntry[]} */
    this.undone = [];
  }

  /** @param {HistoryEntry} entry */
  push(entry) {
    this.done.push(entry);
    if (this.done.length > this.limit) this.done.shift();
    this.undone = [];
  }

  async undo() {
    const entry = this.done.pop();
    if (!entry) return false;
    try {
      await entry.undo();
    } catch (error) {
      this.done.push(entry); // nothing happened: it can be tried again
      throw error;
    }
    this.undone.push(entry);
    return true;
  }

  async redo() {
    const entry = this.undone.pop();
    if (!entry) return false;
    try {
      await entry.redo();
    } catch (error) {
      this.undone.push(entry);
      throw error;
    }
    this.done.push(entry);
    return true;
  }
}
