// Accepted objects on their way to the server. Each is written down here before it is sent, and
// crossed out when the server has it; what could not be sent is sent again until it is.

const WAITS = [1000, 2000, 4000, 8000, 15000];

export class Outbox {
  constructor(core, local) {
    this.core = core;
    this.store = core.store;
    this.transport = core.transport;
    this.local = local;
    this.entries = new Map(); // client_id → {image_id, add, withdrawn}
    this.attempts = 0;
    this.onDelivered = () => {};
  }

  /** Take up what an earlier page could not send. */
  async load() {
    try {
      for (const entry of await this.local.all("outbox")) this.entries.set(entry.add.client_id, entry);
    } catch {
      /* nothing was kept: nothing to send */
    }
    this.show();
    if (this.entries.size) await this.deliver();
  }

  /** Send accepted objects of one image; resolves to the stored ones, or null when they have to wait. */
  async send(imageId, adds) {
    const entries = adds.map((add) => ({ image_id: imageId, add, withdrawn: false }));
    await Promise.all(entries.map((entry) => this.keep(entry)));
    this.show();
    try {
      const reply = await this.transport.call("change_objects", { image_id: imageId, add: adds });
      await this.cross(entries);
      return reply;
    } catch (error) {
      if (!error.lost) {
        await this.cross(entries);
        throw error;
      }
      this.show();
      this.retryLater();
      return null;
    }
  }

  /** The person took an object back that may or may not have arrived. */
  async withdraw(clientId, withdrawn) {
    const entry = this.entries.get(clientId);
    if (entry) await this.keep({ ...entry, withdrawn });
    this.show();
  }

  has(clientId) {
    return this.entries.has(clientId);
  }

  async keep(entry) {
    this.entries.set(entry.add.client_id, entry);
    await this.local.put("outbox", entry.add.client_id, entry).catch(() => {});
  }

  async cross(entries) {
    for (const { add } of entries) {
      this.entries.delete(add.client_id);
      await this.local.drop("outbox", add.client_id).catch(() => {});
    }
    this.show();
  }

  show() {
    this.store.set({ unsent: [...this.entries.values()].filter((entry) => !entry.withdrawn) });
  }

  retryLater() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.deliver(), WAITS[Math.min(this.attempts, WAITS.length - 1)]);
    this.attempts += 1;
  }

  /** Try to send everything that waits; one round at a time. */
  deliver() {
    this.delivering ??= this.round().finally(() => {
      this.delivering = null;
    });
    return this.delivering;
  }

  async round() {
    clearTimeout(this.timer);
    for (const entry of [...this.entries.values()]) {
      try {
        await this.deliverOne(entry);
      } catch (error) {
        if (error.lost) return this.retryLater();
        await this.refuse(entry, error);
      }
    }
    this.attempts = 0;
    return undefined;
  }

  async deliverOne(entry) {
    const { added } = await this.transport.call("change_objects", { image_id: entry.image_id, add: [entry.add] });
    const withdrawn = this.entries.get(entry.add.client_id)?.withdrawn;
    if (withdrawn) {
      const remove = added.map(({ id, revision }) => ({ id, revision }));
      const { removed } = await this.transport.call("change_objects", { image_id: entry.image_id, remove });
      added[0].revision = removed[0].revision;
    }
    await this.cross([entry]);
    await this.onDelivered(entry, added[0], withdrawn);
  }

  // The server has an answer, and it is no: say so, and keep the object in sight no longer.
  async refuse(entry, error) {
    await this.cross([entry]);
    this.core.say(new Error(`An object (${entry.add.category}) that waited to be saved was refused: ${error.message}`));
  }
}
