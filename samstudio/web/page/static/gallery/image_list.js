// A list of any length of which parts are known: chunks of it are fetched by key beside known ones, and by number where a
// scroll bar was dragged. What was known before a change is shown until the new is there.

/** @import { Call, Card, Part, Query } from "./types.d.ts" */

const CHUNK = 100;
const KEPT = 60; // chunks; those farthest from the view are forgotten

export class ImageList {
  /**
   * @param {Call} call
   * @param {() => void} changed called when more is known
   * @param {(error: unknown) => void} failed
   */
  constructor(call, changed, failed) {
    this.call = call;
    this.changed = changed;
    this.failed = failed;
    /** @type {Query} */
    this.query = {};
    this.total = 0;
    /** @type {Map<number, readonly Card[]>} */
    this.chunks = new Map();
    /** @type {Map<number, readonly Card[]>} */
    this.before = new Map(); // as the list was until it changed
    /** @type {Set<number>} */
    this.asked = new Set();
    this.epoch = 0;
  }

  /**
   * The list is another one, or has changed.
   * @param {Query} query
   * @param {number} total
   * @param {{ same: boolean }} how `same`: what is shown stays until it is read again
   */
  begin(query, total, { same }) {
    this.before = same ? new Map([...this.before, ...this.chunks]) : new Map();
    this.query = query;
    this.total = total;
    this.chunks = new Map();
    this.asked = new Set();
    this.epoch += 1;
  }

  /**
   * The card with that number; undefined while it is not known.
   * @param {number} index
   */
  at(index) {
    const chunk = Math.floor(index / CHUNK);
    return (this.chunks.get(chunk) ?? this.before.get(chunk))?.[index % CHUNK];
  }

  /**
   * Fetch what is missing of the cards `first` up to `end`.
   * @param {number} first
   * @param {number} end
   */
  need(first, end) {
    const [low, high] = [Math.floor(first / CHUNK), Math.floor(Math.max(first, end - 1) / CHUNK)];
    for (let chunk = low; chunk <= high && chunk * CHUNK < this.total; chunk++) {
      // One after the other, so that each is found by the key of the one before.
      if (this.chunks.has(chunk)) continue;
      if (!this.asked.size) this.#fetch(chunk);
      return;
    }
    this.#forget(low);
  }

  /** @param {number} chunk */
  async #fetch(chunk) {
    const { epoch } = this;
    this.asked.add(chunk);
    try {
      const { items } = await this.call("gallery_images", { query: this.query, limit: CHUNK, ...this.#part(chunk) });
      if (epoch !== this.epoch) return;
      this.chunks.set(chunk, items);
      this.before.delete(chunk);
      this.asked.delete(chunk);
      this.changed();
    } catch (error) {
      if (epoch !== this.epoch) return;
      this.failed(error);
      setTimeout(() => this.asked.delete(chunk), 2000);
    }
  }

  /**
   * @param {number} chunk
   * @returns {Part}
   */
  #part(chunk) {
    const [ahead, behind] = [this.chunks.get(chunk - 1), this.chunks.get(chunk + 1)];
    if (ahead?.length) return { after: ahead[ahead.length - 1].cursor };
    if (behind?.length) return { before: behind[0].cursor };
    return { at: chunk * CHUNK };
  }

  /** @param {number} near */
  #forget(near) {
    for (const known of [this.chunks, this.before]) {
      if (known.size <= KEPT) continue;
      const far = [...known.keys()].toSorted((a, b) => Math.abs(b - near) - Math.abs(a - near));
      for (const chunk of far.slice(0, known.size - KEPT)) known.delete(chunk);
    }
  }
}
