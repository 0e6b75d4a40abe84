// Named things of one kind, to which more can be added while the page runs.

/** Entries by their `id`, in the order they were registered. */
export class Registry {
  #entries = new Map();
  #followers = [];

  register(entry) {
    if (this.#entries.has(entry.id)) throw new Error(`There is a "${entry.id}" already.`);
    this.#entries.set(entry.id, entry);
    for (const follower of this.#followers) follower(entry);
  }

  get(id) {
    return this.#entries.get(id);
  }

  [Symbol.iterator]() {
    return this.#entries.values();
  }

  /** Run `follower` on every entry that is registered, and on each that will be. */
  follow(follower) {
    for (const entry of this) follower(entry);
    this.#followers.push(follower);
  }
}
