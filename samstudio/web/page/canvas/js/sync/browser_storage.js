// What this browser stores by itself, so that a reload, a crash or a lost connection loses nothing:
// the work begun on each image, and accepted objects on their way to the server.
// IndexedDB behind four methods; where the browser has none, memory.

const NAME = "samstudio";
const STORES = ["work", "outbox"];
const LAST = "\uffff"; // after every character that a key has

export class BrowserStorage {
  constructor(factory = indexed()) {
    this.factory = factory;
    this.memory = { work: new Map(), outbox: new Map() };
    this.open();
  }

  open() {
    this.database = opened(this.factory, () => this.open()).catch(() => null);
  }

  /** Whether what is stored outlives the page. */
  get persistent() {
    return this.database.then((database) => database !== null);
  }

  /** `[key, value]` of everything whose key begins with `prefix`. */
  async all(store, prefix = "") {
    const database = await this.database;
    if (!database) return [...this.memory[store]].filter(([key]) => key.startsWith(prefix));
    const objects = database.transaction(store).objectStore(store);
    const range = IDBKeyRange.bound(prefix, prefix + LAST);
    const [keys, values] = await Promise.all([asked(objects.getAllKeys(range)), asked(objects.getAll(range))]);
    return keys.map((key, i) => [key, values[i]]);
  }

  /** Resolves when the value is on disk. */
  async put(store, key, value) {
    const database = await this.database;
    if (!database) return void this.memory[store].set(key, value);
    return written(database, store, (objects) => objects.put(value, key));
  }

  async drop(store, ...keys) {
    const database = await this.database;
    if (!database) return keys.forEach((key) => this.memory[store].delete(key));
    return written(database, store, (objects) => keys.forEach((key) => objects.delete(key)));
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

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function written(database, store, change) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, "readwrite", { durability: "strict" });
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
    change(transaction.objectStore(store));
  });
}
