// What a person says of images and objects, on its way to the server: stored here before it is sent, merged into one entry for
// each image and each object, and removed when the server has it. Until then it is laid over what the server says.
//
// Where somebody else said something else meanwhile, a person chooses. What cannot be stored since the image is gone, or is
// refused, stays here: it is sent again when the dataset changes.

import { bothNotes, cleanedNote, disputed, keyOf, merged, pick, rebased, sameMarks } from "../model/marks.js";
import { CallError, isLost, messageOf } from "./transport.js";

/** @import { ImageEntry, ImageMarks, ListedEntry, MarkName, MarkTarget, MarksChoice, MarksEntry, ObjectMarks } from "../types.d.ts" */
/** @import { Core } from "../actions/core.js" */
/** @import { Images } from "../actions/images.js" */
/** @import { BrowserStorage } from "./browser_storage.js" */
/** @import { ObjectStore } from "./object_store.js" */

const REMEMBERED = 5; // answers that were lost
const PATIENCE = 1500; // milliseconds that a person waits for the server's word
const GIVEN_UP = 20_000; // milliseconds after which a request is as good as lost

export class MarksOutbox {
  /**
   * @param {Core} core
   * @param {BrowserStorage} storage
   * @param {{ images: Images, objectStore: ObjectStore }} session
   */
  constructor(core, storage, { images, objectStore }) {
    this.core = core;
    this.store = core.store;
    this.transport = core.transport;
    this.storage = storage;
    this.images = images;
    this.objectStore = objectStore;
    /** @type {Map<string, MarksEntry>} */
    this.entries = new Map();
    /** @type {Set<string>} */
    this.typing = new Set(); // keys of what is still being written
    /** @type {Map<string, string>} */
    this.parked = new Map(); // keys of what cannot be stored now, and why
    /** @type {Set<string>} */
    this.told = new Set();
    /** @type {Map<string, { marks: ImageMarks, asked: number }>} */
    this.stored = new Map(); // by image: what a list that was asked for before does not know
    /** @type {Promise<unknown>} */
    this.written = Promise.resolve();
    this.persistent = true; // whether all entries are on disk
    /** @type {Promise<void> | null} */
    this.delivering = null; // the round that is under way
    /** @type {number | null} */
    this.left = null; // how many images were unfinished, when the server was last told something
    images.corrected = (listed, asked) => listed.map((image) => this.#newer(image, asked));
  }

  /** Take up what an earlier page could not send. */
  async load() {
    try {
      for (const [key, entry] of await this.storage.all("outbox", "marks/")) {
        if ("values" in entry && !this.entries.has(key)) this.entries.set(key, entry);
      }
    } catch {
      /* nothing was kept: nothing to send */
    }
    this.#show();
    if (this.waits) await this.core.inTurn(() => this.delivered());
  }

  /** Whether there is anything to send. */
  get waits() {
    return this.#due !== undefined;
  }

  get #due() {
    return [...this.entries].find(([key]) => !this.typing.has(key) && !this.parked.has(key));
  }

  /**
   * Say something of an image or an object, of which the server said `seen`; `typing`: it is not sent before `typed`.
   * @param {MarkTarget} target
   * @param {Partial<ImageMarks>} values
   * @param {ImageMarks | ObjectMarks} seen
   * @param {{ typing?: boolean }} [how]
   */
  set(target, values, seen, { typing = false } = {}) {
    const key = keyOf(target);
    if (typing) this.typing.add(key);
    this.parked.delete(key);
    this.told.delete(key);
    const now = { ...target, values, seen: pick(seen, (name) => name in values), sent: [], at: Date.now() };
    this.#write(key, merged(this.entries.get(key), now));
  }

  /**
   * A note is written to its end; nothing is left to send where it is what it was.
   * @param {MarkTarget} target
   */
  typed(target) {
    const key = keyOf(target);
    const entry = this.entries.get(key);
    if (!this.typing.delete(key) || !entry) return;
    const values = { ...entry.values, note: cleanedNote(entry.values.note ?? "") };
    const unchanged = !entry.sent.length && Object.entries(values).every(([name, value]) => entry.seen[/** @type {MarkName} */ (name)] === value);
    if (unchanged) this.#remove(key);
    else this.#write(key, { ...entry, values });
  }

  /**
   * Send everything that waits, until it is stored or the server does not answer; one round at a time, in turn with what changes
   * objects (see `Core.inTurn`).
   * @returns {Promise<void>}
   */
  deliver() {
    this.delivering ??= this.#round().finally(() => {
      this.delivering = null;
    });
    return this.delivering;
  }

  /** Send everything, for as long as a person would wait; whether nothing waits any more. */
  async delivered() {
    await patiently(this.deliver(), undefined);
    return !this.waits;
  }

  async #round() {
    for (let due = this.#due; due; due = this.#due) {
      const [key, entry] = due;
      try {
        await this.#deliverOne(key, entry);
      } catch (error) {
        if (isLost(error)) return this.#lost(key, entry);
        await this.#park(key, entry, error);
      }
    }
    return undefined;
  }

  /** The dataset changed: perhaps a missing image is there again. */
  async tryParked() {
    if (!this.parked.size) return;
    this.parked.clear();
    this.#show();
    await this.delivered();
  }

  /**
   * @param {string} key
   * @param {MarksEntry} entry
   */
  async #deliverOne(key, entry) {
    const marks = await this.#stored(entry);
    const now = this.entries.get(key);
    if (marks === null || !now) return;
    const left = now === entry ? null : rebased(now, marks);
    if (left) this.#write(key, left);
    else if (!this.typing.has(key)) this.#remove(key);
  }

  /**
   * Have an entry stored; resolves to what is said then, or to null where somebody else said something else and the entry is
   * another one now.
   * @param {MarksEntry} entry
   * @returns {Promise<Partial<ImageMarks> | null>}
   */
  async #stored(entry) {
    const { image_id, object_id: id, values, seen } = entry;
    if (id === null) {
      const reply = await answered(this.transport.call("mark_image", { image_id, values, seen }));
      this.left = reply.left;
      this.#adoptImage(image_id, reply.marks);
      return reply.stored ? reply.marks : this.#settle(entry, reply.marks);
    }
    const reply = await answered(this.transport.call("mark_object", { id, values, seen }));
    this.#adoptObject(id, reply.marks, reply.revision);
    return reply.stored ? reply.marks : this.#settle(entry, reply.marks);
  }

  /**
   * @param {MarksEntry} entry
   * @param {Partial<ImageMarks>} theirs
   */
  async #settle(entry, theirs) {
    const names = disputed(entry, theirs);
    const choice = names.length ? await this.#choose(entry, theirs, names) : "mine";
    const key = keyOf(entry);
    const now = this.entries.get(key) ?? entry;
    const kept = choice === "theirs" ? pick(now.values, (name) => !names.includes(name)) : now.values;
    const values = choice === "both" ? { ...kept, note: bothNotes(now.values, theirs) } : kept;
    const left = rebased({ ...now, values }, theirs);
    if (left) this.#write(key, left);
    else this.#remove(key);
    return null;
  }

  /**
   * @param {MarksEntry} entry
   * @param {Partial<ImageMarks>} theirs
   * @param {MarkName[]} names
   * @returns {Promise<MarksChoice>}
   */
  #choose({ name, values }, theirs, names) {
    /** @param {MarkName} one */
    const wanted = (one) => names.includes(one);
    return new Promise((resolve) => {
      /** @param {MarksChoice} choice */
      const answer = (choice) => {
        this.store.set({ marksConflict: null });
        resolve(choice);
      };
      this.store.set({ marksConflict: { name, mine: pick(values, wanted), theirs: pick(theirs, wanted), answer } });
    });
  }

  /**
   * The server may have it: its answer did not come.
   * @param {string} key
   * @param {MarksEntry} entry
   */
  #lost(key, entry) {
    const now = this.entries.get(key);
    if (now) this.#write(key, { ...now, sent: [...now.sent, entry.values].slice(-REMEMBERED) });
  }

  /**
   * The server has an answer, and it is no.
   * @param {string} key
   * @param {MarksEntry} entry
   * @param {unknown} error
   */
  async #park(key, entry, error) {
    const gone = await this.images.isGone(entry.image_id).catch(() => false);
    const why = gone ? "its image was deleted meanwhile. It is saved when that image is there again." : messageOf(error);
    this.parked.set(key, why);
    this.#show();
    if (this.told.has(key)) return;
    this.told.add(key);
    this.core.say(new Error(`What you said of “${entry.name}” is kept in this browser, and could not be saved: ${why}`));
  }

  /**
   * @param {string} id
   * @param {ImageMarks} marks
   */
  #adoptImage(id, marks) {
    this.stored.set(id, { marks, asked: this.images.asked });
    const { image, images } = this.store.values;
    if (image?.id === id && !sameMarks(image.marks, marks)) this.store.set({ image: withMarks(image, marks) });
    if (images.some((one) => one.id === id && !sameMarks(one.marks, marks))) {
      this.store.set({ images: images.map((one) => (one.id === id ? withMarks(one, marks) : one)) });
    }
  }

  /**
   * A change by somebody else since stays news: only the next revision is this page's own.
   * @param {number} id
   * @param {ObjectMarks} marks
   * @param {number} revision
   */
  #adoptObject(id, marks, revision) {
    const known = this.objectStore.known.get(id);
    if (!known) return;
    const own = revision === known.revision + 1;
    if (own) this.objectStore.revisions.own(id, revision);
    const changed = { ...known, marks, revision: own ? revision : known.revision };
    this.objectStore.known.set(id, changed);
    this.store.set({ objects: this.store.get("objects").map((one) => (one.id === id ? changed : one)) });
  }

  /**
   * @param {ListedEntry} image
   * @param {number} asked
   */
  #newer(image, asked) {
    const known = this.stored.get(image.id);
    if (known && asked <= known.asked) return withMarks(image, known.marks);
    this.stored.delete(image.id);
    return image;
  }

  /**
   * @param {string} key
   * @param {MarksEntry} entry
   */
  #write(key, entry) {
    this.entries.set(key, entry);
    this.#show();
    this.written = Promise.all([this.written, this.#store(key, entry)]);
  }

  /**
   * @param {string} key
   * @param {MarksEntry} entry
   */
  async #store(key, entry) {
    try {
      await this.storage.put("outbox", key, entry);
      this.persistent = await this.storage.persistent;
    } catch {
      this.persistent = false; // the disk is full
    }
  }

  /** @param {string} key */
  #remove(key) {
    const entry = this.entries.get(key);
    this.entries.delete(key);
    this.#show();
    if (entry) this.written = Promise.all([this.written, this.#drop(key, entry)]);
  }

  /**
   * Another page may have said something since, under the same key.
   * @param {string} key
   * @param {MarksEntry} entry
   */
  async #drop(key, entry) {
    try {
      const kept = (await this.storage.all("outbox", key)).find(([one]) => one === key);
      if (kept && kept[1].at <= entry.at && !this.entries.has(key)) await this.storage.drop("outbox", key);
    } catch {
      /* then it is sent once more, and changes nothing */
    }
  }

  #show() {
    this.store.set({ unsentMarks: Object.fromEntries(this.entries) });
  }
}

/**
 * What a promise resolves to, or `late` where that takes longer than a person would wait.
 * @template T
 * @param {Promise<T>} promise
 * @param {T} late
 * @returns {Promise<T>}
 */
export function patiently(promise, late) {
  /** @type {Promise<T>} */
  const patience = new Promise((resolve) => setTimeout(() => resolve(late), PATIENCE));
  return Promise.race([promise, patience]);
}

/**
 * An answer that comes in time.
 * @template T
 * @param {Promise<T>} reply
 * @returns {Promise<T>}
 */
function answered(reply) {
  /** @type {Promise<T>} */
  const late = new Promise((_, reject) => setTimeout(() => reject(new CallError("The server did not answer.", { lost: true })), GIVEN_UP));
  return Promise.race([reply, late]);
}

/**
 * @template {ImageEntry} Entry
 * @param {Entry} image
 * @param {ImageMarks} marks
 * @returns {Entry}
 */
function withMarks(image, marks) {
  const objectsAre = image.flagged && !image.marks.flagged;
  return { ...image, marks, flagged: marks.flagged || objectsAre };
}
