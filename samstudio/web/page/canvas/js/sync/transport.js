// How the canvas talks to Python. The only module that knows the channel
// (gradio server functions now; queued events where a Space needs them).
//
// Every call resolves to the reply or throws a `CallError` whose message can be
// shown to a person as it is.

/** @import { Calls, Server, Theirs } from "../types.d.ts" */

export class CallError extends Error {
  /**
   * @param {string} message
   * @param {{ lost?: boolean, conflict?: Theirs | null }} [why]
   */
  constructor(message, { lost = false, conflict = null } = {}) {
    super(message);
    this.name = "CallError";
    this.lost = lost; // the server could not be reached: nothing is known about the outcome
    this.conflict = conflict; // someone else's newer state of the object
  }
}

/**
 * Whether the server could not be reached.
 * @param {unknown} error
 */
export function isLost(error) {
  return error instanceof CallError && error.lost;
}

/**
 * Someone else's newer state of the object, where a change met one.
 * @param {unknown} error
 */
export function conflictOf(error) {
  return error instanceof CallError ? error.conflict : null;
}

/**
 * What can be shown to a person.
 * @param {unknown} error
 */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

const LOST = "The server did not answer. What you drew is still here; try again in a moment.";

/**
 * @template T
 * @param {T} reply
 */
const same = (reply) => reply;

export class Transport {
  /** @param {Server} server */
  constructor(server) {
    this.server = server;
    /** @type {Map<string, number>} */
    this.newest = new Map();
    /** @type {Set<(reason: Error) => void>} */
    this.waiting = new Set(); // what to call when the calls on their way are given up
  }

  /**
   * Call a server function; `payload` and the reply are plain JSON objects.
   * @template {keyof Calls} Name
   * @param {Name} name
   * @param {Calls[Name]["request"]} [payload]
   * @returns {Promise<Calls[Name]["reply"]>}
   */
  async call(name, payload = {}) {
    /** @type {unknown} */
    let reply;
    try {
      reply = await this.unlessLost(this.server[name](payload));
    } catch {
      throw new CallError(LOST, { lost: true });
    }
    // gradio turns an exception in Python into undefined, and a proxy's error page into a string.
    if (reply === null || typeof reply !== "object") throw new CallError(LOST, { lost: true });
    const { error, conflict = null } = /** @type {{ error?: string, conflict?: Theirs }} */ (reply);
    if (error) throw new CallError(error, { conflict });
    return /** @type {Calls[Name]["reply"]} */ (reply);
  }

  /** The server is not there: no call on its way will be answered. Each may be made again. */
  lose() {
    for (const give of this.waiting) give(new Error("lost"));
  }

  /**
   * @template T
   * @param {Promise<T>} reply
   * @returns {Promise<T>}
   */
  unlessLost(reply) {
    return new Promise((resolve, reject) => {
      this.waiting.add(reject);
      reply.then(resolve, reject).finally(() => this.waiting.delete(reject));
    });
  }

  /**
   * As `call`, but resolves to null when a newer call on the same `lane` was made
   * meanwhile. `finish` may work on the reply, for as long as it likes.
   * @template {keyof Calls} Name
   * @template [T=Calls[Name]["reply"]]
   * @param {string} lane
   * @param {Name} name
   * @param {Calls[Name]["request"]} payload
   * @param {(reply: Calls[Name]["reply"]) => T | Promise<T>} [finish]
   * @returns {Promise<T | null>}
   */
  async latest(lane, name, payload, finish = /** @type {(reply: Calls[Name]["reply"]) => T} */ (/** @type {unknown} */ (same))) {
    const number = (this.newest.get(lane) ?? 0) + 1;
    this.newest.set(lane, number);
    const stale = () => this.newest.get(lane) !== number;
    try {
      const reply = await this.call(name, payload);
      const finished = stale() ? null : await finish(reply);
      return stale() ? null : finished;
    } catch (error) {
      if (stale()) return null;
      throw error;
    }
  }

  /**
   * Make every call in flight on `lane` stale.
   * @param {string} lane
   */
  forget(lane) {
    this.newest.set(lane, (this.newest.get(lane) ?? 0) + 1);
  }
}
