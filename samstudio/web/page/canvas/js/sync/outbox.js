// Accepted objects on their way to the server. Each is stored here before it is sent, and
// removed when the server has it; what could not be sent is sent again until it is.
//
// What the server refuses later on, when nobody waits for the answer, is not thrown away: it goes
// back to its image as an object in the making. If the image itself is gone it waits here ("parked"):
// an image's id is made of its pixels, so the object is saved when the same image is added again.

import { isLost } from "./transport.js";

/** @import { NewObject, OutboxEntry, WireObject } from "../types.d.ts" */
/** @import { BrowserStorage } from "./browser_storage.js" */
/** @import { Core } from "../actions/core.js" */
/** @import { Images } from "../actions/images.js" */

const WAITS = [1000, 2000, 4000, 8000, 15000];

export class Outbox {
  /**
   * @param {Core} core
   * @param {BrowserStorage} storage
   * @param {Images} images
   */
  constructor(core, storage, images) {
    this.core = core;
    this.images = images;
    this.store = core.store;
    this.transport = core.transport;
    this.storage = storage;
    /** @type {Map<string, OutboxEntry>} */
    this.entries = new Map(); // client_id → {image_id, add, withdrawn, at, parked}
    /** @type {Set<string>} */
    this.busy = new Set(); // client ids that wait for their turn or are being sent by `send`
    this.attempts = 0;
    /** @type {Promise<void> | null} */
    this.delivering = null; // the round that is under way
    this.persistent = true; // whether all entries are on disk
    /** @type {(entry: OutboxEntry, object: WireObject, withdrawn: boolean) => Promise<void>} */
    this.onDelivered = async () => {};
    /** @type {(entry: OutboxEntry, error: unknown) => Promise<void>} */
    this.onRefused = async () => {};
  }

  /** Take up what an earlier page could not send. */
  async load() {
    try {
      const kept = (await this.storage.all("outbox")).flatMap(([, entry]) => ("add" in entry ? entry : [])).sort((a, b) => a.at - b.at);
      for (const entry of kept) if (!this.has(entry.add.client_id)) this.entries.set(entry.add.client_id, { ...entry, parked: false });
    } catch {
      /* nothing was kept: nothing to send */
    }
    this.show();
    if (this.entries.size) await this.deliver();
  }

  /**
   * Store accepted objects; resolves when they are on disk, or cannot be.
   * @param {string} imageId
   * @param {readonly NewObject[]} adds
   */
  async addAll(imageId, adds) {
    const at = Date.now();
    const entries = adds.map((add, i) => ({ image_id: imageId, add, withdrawn: false, at: at + i / 1000 }));
    for (const { add } of entries) this.busy.add(add.client_id);
    await Promise.all(entries.map((entry) => this.write(entry)));
    this.show();
  }

  /**
   * Send accepted objects that are stored here; resolves to the reply, or null when they have to wait.
   * @param {string} imageId
   * @param {readonly NewObject[]} adds
   */
  async send(imageId, adds) {
    const ids = adds.map((add) => add.client_id);
    try {
      const reply = await this.transport.call("change_objects", { image_id: imageId, add: adds });
      await this.remove(ids);
      return reply;
    } catch (error) {
      if (!isLost(error)) throw error;
      this.retryLater();
      return null;
    } finally {
      for (const id of ids) this.busy.delete(id);
      this.show();
    }
  }

  /**
   * The person took an object back that may or may not have arrived.
   * @param {string} clientId
   * @param {boolean} withdrawn
   */
  async withdraw(clientId, withdrawn) {
    const entry = this.entries.get(clientId);
    if (entry) await this.write({ ...entry, withdrawn });
    this.show();
  }

  /** @param {string} clientId */
  has(clientId) {
    return this.entries.has(clientId);
  }

  /** @param {OutboxEntry} entry */
  async write(entry) {
    const { client_id: id } = entry.add;
    this.entries.set(id, entry);
    try {
      await this.storage.put("outbox", id, entry);
      this.persistent = await this.storage.persistent;
    } catch {
      this.persistent = false; // the disk is full
    }
  }

  /** @param {readonly string[]} clientIds */
  async remove(clientIds) {
    for (const id of clientIds) this.entries.delete(id);
    this.show();
    await this.storage.drop("outbox", ...clientIds).catch(() => {}); // then it is sent once more, and stored once
  }

  show() {
    this.store.set({ unsent: [...this.entries.values()].filter((entry) => !entry.withdrawn && !entry.parked) });
  }

  retryLater() {
    clearTimeout(this.timer);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = setTimeout(() => this.deliver(), WAITS[Math.min(this.attempts, WAITS.length - 1)]);
    this.attempts += 1;
  }

  /**
   * Try to send everything that waits; one round at a time.
   * @returns {Promise<void>}
   */
  deliver() {
    this.delivering ??= this.round().finally(() => {
      this.delivering = null;
    });
    return this.delivering;
  }

  /** The dataset changed: perhaps a missing image is there again. */
  async tryParked() {
    const parked = [...this.entries.values()].filter((entry) => entry.parked);
    for (const entry of parked) this.entries.set(entry.add.client_id, { ...entry, parked: false, told: true });
    if (parked.length) await this.deliver();
  }

  /** @returns {Promise<void>} */
  async round() {
    clearTimeout(this.timer);
    for (const [id, entry] of [...this.entries]) {
      if (entry.parked || this.busy.has(id)) continue;
      try {
        await this.deliverOne(entry).catch((error) => this.refused(entry, error));
      } catch (error) {
        if (isLost(error)) return this.retryLater();
        throw error;
      }
    }
    this.attempts = 0;
    return undefined;
  }

  /** @param {OutboxEntry} entry */
  async deliverOne(entry) {
    const { client_id: id } = entry.add;
    const { added } = await this.transport.call("change_objects", { image_id: entry.image_id, add: [{ ...entry.add, decided_at: entry.at }] });
    const withdrawn = Boolean(this.entries.get(id)?.withdrawn);
    let [object] = added;
    if (withdrawn) {
      const remove = added.map((one) => ({ id: one.id, revision: one.revision }));
      const { removed } = await this.transport.call("change_objects", { image_id: entry.image_id, remove });
      object = { ...object, revision: removed[0].revision };
    }
    await this.onDelivered(entry, object, withdrawn);
    await this.remove([id]);
  }

  /**
   * The server has an answer, and it is no. One that the person took back anyway is no loss.
   * @param {OutboxEntry} entry
   * @param {unknown} error
   */
  async refused(entry, error) {
    if (isLost(error)) throw error;
    if (this.entries.get(entry.add.client_id)?.withdrawn) return this.remove([entry.add.client_id]);
    if (await this.images.isGone(entry.image_id)) return this.park(entry);
    await this.onRefused(entry, error);
    return this.remove([entry.add.client_id]);
  }

  /** @param {OutboxEntry} entry */
  async park(entry) {
    this.entries.set(entry.add.client_id, { ...entry, parked: true });
    this.show();
    if (entry.told) return;
    this.core.say(new Error(
      `An object (${entry.add.category}) could not be saved: its image was deleted meanwhile. ` +
        "It is kept in this browser, and is saved when that image is added again.",
    ));
  }
}
