// The accepted objects of the open image. The server has a change before the canvas shows it.

import { emptyDraft } from "../model/state.js";
import { covers } from "../model/masks.js";

export class Objects {
  constructor(core, images) {
    this.core = core;
    this.store = core.store;
    this.transport = core.transport;
    this.images = images;
  }

  accept() {
    const draft = this.store.get("draft");
    if (!draft.mask || this.store.get("thinking")) return Promise.resolve();
    return this.core.inTurn(async () => {
      if (this.store.get("draft") !== draft) return;
      this.store.set({ saving: true });
      try {
        const entry = this.adding(draft);
        await entry.redo();
        this.core.history.push(entry);
      } finally {
        this.store.set({ saving: false });
      }
    });
  }

  // The object is on the server before the canvas shows it as accepted.
  adding(draft) {
    const image = this.store.get("image");
    let object = null;
    return {
      redo: async () => {
        object = object
          ? await this.restore(object)
          : await this.add({
              image_id: image.id,
              category: this.store.get("category"),
              mask: draft.mask.wire,
              prompts: draft.steps,
              version: draft.version,
              iou: draft.iou,
              request_id: crypto.randomUUID(),
            }, draft.mask);
        if (this.core.isOpen(image)) this.core.putDraft(emptyDraft());
      },
      undo: async () => {
        object = await this.withdraw(object);
        if (this.core.isOpen(image)) this.core.putDraft(draft);
      },
    };
  }

  async add(request, mask) {
    const { object, categories } = await this.transport.call("add_object", request);
    this.store.set({ categories });
    return this.show({ ...object, mask });
  }

  /** A deleted object stays in the database as rejected; this accepts it again. */
  async restore(object) {
    const request = { id: object.id, revision: object.revision, status: "accepted" };
    const reply = await this.transport.call("update_object", request);
    return this.show({ ...reply.object, mask: object.mask });
  }

  async withdraw(object) {
    const known = this.find(object.id) ?? object;
    const reply = await this.transport.call("delete_object", { id: known.id, revision: known.revision });
    const objects = this.store.get("objects").filter((o) => o.id !== known.id);
    this.store.set({ objects, selected: null, hovered: null });
    this.images.count(known.image_id, -1);
    return { ...known, revision: reply.revision };
  }

  show(object) {
    if (this.store.get("image")?.id === object.image_id) {
      const objects = [...this.store.get("objects"), object].sort((a, b) => a.id - b.id);
      this.store.set({ objects });
    }
    this.images.count(object.image_id, 1);
    return object;
  }

  find(id) {
    return this.store.get("objects").find((object) => object.id === id);
  }

  remove(id) {
    return this.core.inTurn(async () => {
      if (!this.find(id)) return;
      let object = await this.withdraw(this.find(id));
      this.core.history.push({
        undo: async () => {
          object = await this.restore(object);
        },
        redo: async () => {
          object = await this.withdraw(object);
        },
      });
    });
  }

  recategorize(id, category) {
    return this.core.inTurn(async () => {
      const object = this.find(id);
      if (!object || object.category === category) return;
      const change = async (name) => {
        const now = this.find(id);
        const reply = await this.transport.call("update_object", { id, revision: now.revision, category: name });
        const objects = this.store.get("objects").map((o) => (o.id === id ? { ...reply.object, mask: o.mask, hidden: o.hidden } : o));
        this.store.set({ objects, categories: reply.categories });
      };
      await change(category);
      this.core.history.push({ undo: () => change(object.category), redo: () => change(category) });
    });
  }

  pick([x, y]) {
    const hits = this.store.get("objects").filter((o) => !o.hidden && o.mask && covers(o.mask, x, y));
    // A second click on the same spot reaches the object below.
    const under = hits.findIndex((o) => o.id === this.store.get("selected"));
    const chosen = hits[(under <= 0 ? hits.length : under) - 1];
    this.store.set({ selected: chosen?.id ?? null });
  }

  toggleHidden(id) {
    this.store.set({ objects: this.store.get("objects").map((o) => (o.id === id ? { ...o, hidden: !o.hidden } : o)) });
  }
}
