// What this browser keeps by itself, so that a reload, a crash or a lost connection loses nothing:
// the work begun on each image, and accepted objects on their way to the server.
// IndexedDB behind four verbs; where the browser has none, memory.

const NAME = "samstudio";
const STORES = ["work", "outbox"];

export class Local {
  constructor(factory = globalThis.indexedDB) {
    this.memory = { work: new Map(), outbox: new Map() };
    this.database = opened(factory).catch(() => null);
  }

  /** Whether what is kept outlives the page. */
  get lasting() {
    return this.database.then((database) => database !== null);
  }

  async get(store, key) {
    const database = await this.database;
    return database ? asked(database.transaction(store).objectStore(store).get(key)) : this.memory[store].get(key);
  }

  async all(store) {
    const database = await this.database;
    return database ? asked(database.transaction(store).objectStore(store).getAll()) : [...this.memory[store].values()];
  }

  /** Resolves when the value is on disk. */
  async put(store, key, value) {
    const database = await this.database;
    if (!database) return void this.memory[store].set(key, value);
    return written(database, store, (objects) => objects.put(value, key));
  }

  async drop(store, key) {
    const database = await this.database;
    if (!database) return void this.memory[store].delete(key);
    return written(database, store, (objects) => objects.delete(key));
  }
}

function opened(factory) {
  return new Promise((resolve, reject) => {
    if (!factory) return reject(new Error("no IndexedDB"));
    const request = factory.open(NAME, 1);
    request.onupgradeneeded = () => STORES.forEach((store) => request.result.createObjectStore(store));
    request.onsuccess = () => resolve(request.result);
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
    change(transaction.objectStore(store));
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}
