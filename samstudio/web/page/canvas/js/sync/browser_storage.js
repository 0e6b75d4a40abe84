// What this browser stores by itself, so that a reload, a crash or a lost connection loses nothing:
// the work begun on each image, and accepted objects on their way to the server.
// IndexedDB behind four methods; where the browser has none, memory.

/** @import { MarksEntry, OutboxEntry, PlainWork } from "../types.d.ts" */

/** @typedef {{ work: PlainWork, outbox: OutboxEntry | MarksEntry }} Stored */

const NAME = "samstudio";
/** @type {readonly (keyof Stored)[]} */
const STORES = ["work", "outbox"];
const LAST = "\uffff"; // after every character that a key has

export class BrowserStorage {
  /** @param {IDBFactory | null} [factory] */
  constructor(factory = indexed()) {
    this.factory = factory;
    /** @type {{ [S in keyof Stored]: Map<string, Stored[S]> }} */
    this.memory = { work: new Map(), outbox: new Map() };
    this.database = this.open();
  }

  /** @returns {Promise<IDBDatabase | null>} */
  open() {
    return opened(this.factory, () => (this.database = this.open())).catch(() => null);
  }

  /** Whether what is stored outlives the page. */
  get persistent() {
    return this.database.then((database) => database !== null);
  }

  /**
   * `[key, value]` of everything whose key begins with `prefix`.
   * @template {keyof Stored} S
   * @param {S} store
   * @param {string} [prefix]
   * @returns {Promise<[key: string, value: Stored[S]][]>}
   */
  async all(store, prefix = "") {
    const database = await this.database;
    if (!database) return [...this.memory[store]].filter(([key]) => key.startsWith(prefix));
    const objects = database.transaction(store).objectStore(store);
    const range = IDBKeyRange.bound(prefix, prefix + LAST);
    const [keys, values] = await Promise.all([asked(objects.getAllKeys(range)), asked(objects.getAll(range))]);
    return keys.map((key, i) => [String(key), values[i]]);
  }

  /**
   * Resolves when the value is on disk.
   * @template {keyof Stored} S
   * @param {S} store
   * @param {string} key
   * @param {Stored[S]} value
   */
  async put(store, key, value) {
    const database = await this.database;
    if (!database) this.memory[store].set(key, value);
    else await written(database, store, (objects) => objects.put(value, key));
  }

  /**
   * @param {keyof Stored} store
   * @param {...string} keys
   */
  async drop(store, ...keys) {
    const database = await this.database;
    if (!database) keys.forEach((key) => this.memory[store].delete(key));
    else await written(database, store, (objects) => keys.forEach((key) => objects.delete(key)));
  }
}

// A page in a frame that may store nothing is not even allowed to ask.
function indexed() {
  try {
    return globalThis.indexedDB;
  } catch {
    return null;
  }
}

/**
 * @param {IDBFactory | null} factory
 * @param {() => void} lost
 * @returns {Promise<IDBDatabase>}
 */
function opened(factory, lost) {
  return new Promise((resolve, reject) => {
    if (!factory) return reject(new Error("no IndexedDB"));
    const request = factory.open(NAME, 1);
    request.onupgradeneeded = () => STORES.forEach((store) => request.result.createObjectStore(store));
    request.onsuccess = () => {
      request.result.onclose = lost; // the browser's data was cleared under us
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
    return undefined;
  });
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * @param {IDBDatabase} database
 * @param {keyof Stored} store
 * @param {(objects: IDBObjectStore) => void} change
 * @returns {Promise<void>}
 */
function written(database, store, change) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, "readwrite", { durability: "strict" });
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
    change(transaction.objectStore(store));
  });
}
