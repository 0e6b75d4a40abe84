// Named things of one kind, to which more can be added while the page runs.

/**
 * Entries by their `id`, in the order they were registered.
 *
 * @template {{ readonly id: string }} T
 */
export class Registry {
  /** @type {Map<string, T>} */
  #entries = new Map();
  /** @type {((entry: T) => void)[]} */
  #followers = [];

  /** @param {T} entry */
  register(entry) {
    if (this.#entries.has(entry.id)) throw new Error(`There is a "${entry.id}" already.`);
    this.#entries.set(entry.id, entry);
    for (const follower of this.#followers) follower(entry);
  }

  /** @param {string} id */
  get(id) {
    return this.#entries.get(id);
  }

  [Symbol.iterator]() {
    return this.#entries.values();
  }

  /**
   * Run `follower` on every entry that is registered, and on each that will be.
   *
   * @param {(entry: T) => void} follower
   */
  follow(follower) {
    for (const entry of this) follower(entry);
    this.#followers.push(follower);
  }
}
