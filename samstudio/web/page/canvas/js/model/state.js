// What the canvas knows: plain values in one store, and the undo history.
// No DOM and no server here.

/** A value store that tells its listeners which keys changed, once a microtask. */
export class Store {
  constructor(values) {
    this.values = { ...values };
    this.listeners = [];
    this.changed = new Set();
  }

  get(key) {
    return this.values[key];
  }

  set(changes) {
    for (const [key, value] of Object.entries(changes)) {
      if (this.values[key] === value) continue;
      this.values[key] = value;
      if (this.changed.size === 0) queueMicrotask(() => this.flush());
      this.changed.add(key);
    }
  }

  /** Run `listener(values)` after any of `keys` changed. */
  on(keys, listener) {
    this.listeners.push({ keys: new Set(keys), listener });
  }

  flush() {
    const changed = this.changed;
    this.changed = new Set();
    for (const { keys, listener } of this.listeners) {
      if ([...changed].some((key) => keys.has(key))) listener(this.values);
    }
  }
}

/** Undo and redo of one image: entries `{undo(), redo()}`, which may be async. */
export class History {
  constructor(limit = 200) {
    this.limit = limit;
    this.done = [];
    this.undone = [];
  }

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
