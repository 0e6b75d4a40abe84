// What a person does on the canvas, as verbs over the store, the server and the
// undo history. No DOM here.

import { History, emptyDraft, hasPrompt, promptOf } from "./state.js";
import { covers, decodeMask } from "./masks.js";
import { PictureCache } from "./picture.js";
import { route } from "./transport.js";

const FIRST_COLOR = "#e6553f"; // what services/categories.py gives the first category

export class Session {
  constructor({ store, transport }) {
    this.store = store;
    this.transport = transport;
    this.pictures = new PictureCache();
    this.histories = new Map();
    this.drafts = new Map(); // what was begun on an image stays there when another is opened
    this.queue = Promise.resolve();
  }

  // One at a time, in order: a second Ctrl+Z waits for the first.
  inTurn(work) {
    const result = this.queue.then(work);
    this.queue = result.catch(() => {});
    return result.catch((error) => this.say(error));
  }

  say(error) {
    this.store.set({ notice: { kind: "error", text: error.message } });
  }

  get history() {
    const id = this.store.get("image")?.id;
    if (!this.histories.has(id)) this.histories.set(id, new History());
    return this.histories.get(id);
  }

  // ------------------------------------------------------------- images

  async refreshImages() {
    try {
      const reply = await this.transport.latest("images", "list_images", { limit: this.store.get("limit") });
      if (!reply) return;
      this.store.set({ images: reply.images, total: reply.total, categories: reply.categories });
      this.chooseCategory();
      const open = this.store.get("image");
      if (open && !reply.images.some((image) => image.id === open.id)) this.close();
      if (!this.store.get("image") && reply.images.length) await this.open(reply.images[0].id);
    } catch (error) {
      this.say(error);
    }
  }

  async showMoreImages() {
    this.store.set({ limit: this.store.get("limit") + 200 });
    await this.refreshImages();
  }

  close() {
    this.transport.forget("open");
    this.drafts.delete(this.store.get("image")?.id);
    this.store.set({ image: null, picture: null, objects: [], draft: emptyDraft(), selected: null });
  }

  async open(id) {
    const leaving = this.store.get("image");
    if (leaving && this.store.get("draft").mask) this.drafts.set(leaving.id, this.store.get("draft"));
    else this.drafts.delete(leaving?.id);
    const known = this.store.get("images").find((image) => image.id === id);
    this.store.set({ image: known ?? null, picture: null, objects: [], selected: null, ready: false });
    this.putDraft(this.drafts.get(id) ?? emptyDraft());
    try {
      const opened = this.transport.latest("open", "open_image", { image_id: id });
      const picture = this.pictures.get(route(`images/${id}`));
      const reply = await opened;
      if (!reply) return;
      const objects = await Promise.all(reply.objects.map(objectOf));
      this.store.set({ image: reply.image, objects, ready: reply.image.ready, notice: null });
      this.showPicture(id, picture);
      this.prepare(id);
      this.preload(id);
    } catch (error) {
      this.say(error);
    }
  }

  async showPicture(id, promise) {
    try {
      const picture = await promise;
      if (this.store.get("image")?.id === id) this.store.set({ picture });
    } catch {
      this.say(new Error("The picture could not be loaded. Is the server still running? Reload the page to try again."));
    }
  }

  // Resolves on the server when the embedding is there; until then the first mask takes longer.
  async prepare(id) {
    try {
      const reply = await this.transport.latest("prepare", "prepare_image", { image_id: id });
      if (reply && this.store.get("image")?.id === id) this.store.set({ ready: true });
    } catch (error) {
      if (this.store.get("image")?.id === id) this.say(error);
    }
  }

  preload(id) {
    const next = this.neighbour(id, 1);
    if (next) this.pictures.get(route(`images/${next}`)).catch(() => {});
  }

  neighbour(id, step) {
    const images = this.store.get("images");
    const index = images.findIndex((image) => image.id === id);
    return images[index + step]?.id ?? null;
  }

  step(step) {
    const id = this.store.get("image")?.id;
    const next = id && this.neighbour(id, step);
    if (next) this.open(next);
  }

  // ------------------------------------------------------------- prompts

  box(box) {
    this.ask({ ...emptyDraft(), box }, null);
  }

  click([x, y], label) {
    const draft = this.store.get("draft");
    if (!label && !hasPrompt(draft)) {
      const text = "Start with a box or a left click on the object; right clicks then take away what is too much.";
      this.store.set({ notice: { kind: "hint", text } });
      return;
    }
    if (draft.points.some((p) => p.x === x && p.y === y && p.label === label)) return;
    const points = Object.freeze([...draft.points, { x, y, label }]);
    this.ask({ ...draft, points }, draft.token ? { token: draft.token, steps: draft.steps } : null);
  }

  ask(wanted, previous) {
    const before = this.store.get("draft");
    const entry = { before, after: wanted, previous };
    entry.undo = () => this.putDraft(entry.before);
    entry.redo = () => (entry.after.mask ? this.putDraft(entry.after) : this.send(entry));
    this.history.push(entry);
    this.store.set({ selected: null, notice: null });
    return this.send(entry);
  }

  putDraft(draft) {
    this.transport.forget("predict");
    this.store.set({ draft, thinking: false });
  }

  async send(entry) {
    const { after } = entry;
    const started = performance.now();
    this.store.set({ draft: Object.freeze({ ...after }), thinking: true });
    try {
      const reply = await this.transport.latest("predict", "predict", {
        image_id: this.store.get("image").id,
        prompt: promptOf(after),
        previous: entry.previous,
      });
      if (!reply) return;
      entry.after = Object.freeze({
        ...after,
        mask: await decodeMask(reply.mask),
        iou: reply.iou,
        version: reply.version,
        token: reply.token,
        steps: [...(entry.previous?.steps ?? []), promptOf(after)],
      });
      const empty = entry.after.mask ? null : { kind: "hint", text: "Nothing found there. Draw a box, or add a left click." };
      this.store.set({ draft: entry.after, thinking: false, ready: true, notice: empty });
      this.timing = { server: reply.ms, total: performance.now() - started };
    } catch (error) {
      this.drop(entry);
      this.say(error);
    }
  }

  // A prompt that the server refused never happened.
  drop(entry) {
    const { done } = this.history;
    if (done[done.length - 1] === entry) done.pop();
    this.putDraft(entry.before);
  }

  discard() {
    const draft = this.store.get("draft");
    this.store.set({ selected: null, notice: null });
    if (!hasPrompt(draft)) return;
    const none = emptyDraft();
    this.history.push({ undo: () => this.putDraft(draft), redo: () => this.putDraft(none) });
    this.putDraft(none);
  }

  // ------------------------------------------------------------- objects

  accept() {
    const draft = this.store.get("draft");
    if (!draft.mask || this.store.get("thinking")) return Promise.resolve();
    return this.inTurn(async () => {
      if (this.store.get("draft") !== draft) return;
      this.store.set({ saving: true });
      try {
        const entry = this.adding(draft);
        await entry.redo();
        this.history.push(entry);
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
        if (this.isOpen(image)) this.putDraft(emptyDraft());
      },
      undo: async () => {
        object = await this.withdraw(object);
        if (this.isOpen(image)) this.putDraft(draft);
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
    this.count(known.image_id, -1);
    return { ...known, revision: reply.revision };
  }

  show(object) {
    if (this.store.get("image")?.id === object.image_id) {
      const objects = [...this.store.get("objects"), object].sort((a, b) => a.id - b.id);
      this.store.set({ objects });
    }
    this.count(object.image_id, 1);
    return object;
  }

  find(id) {
    return this.store.get("objects").find((object) => object.id === id);
  }

  remove(id) {
    return this.inTurn(async () => {
      if (!this.find(id)) return;
      let object = await this.withdraw(this.find(id));
      this.history.push({
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
    return this.inTurn(async () => {
      const object = this.find(id);
      if (!object || object.category === category) return;
      const change = async (name) => {
        const now = this.find(id);
        const reply = await this.transport.call("update_object", { id, revision: now.revision, category: name });
        const objects = this.store.get("objects").map((o) => (o.id === id ? { ...reply.object, mask: o.mask, hidden: o.hidden } : o));
        this.store.set({ objects, categories: reply.categories });
      };
      await change(category);
      this.history.push({ undo: () => change(object.category), redo: () => change(category) });
    });
  }

  isOpen(image) {
    return this.store.get("image")?.id === image.id;
  }

  count(imageId, change) {
    const images = this.store.get("images").map((image) =>
      image.id === imageId ? { ...image, accepted: Math.max(0, image.accepted + change) } : image,
    );
    this.store.set({ images });
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

  undo() {
    return this.inTurn(() => this.history.undo());
  }

  redo() {
    return this.inTurn(() => this.history.redo());
  }

  // ------------------------------------------------------------- categories

  chooseCategory(name = this.store.get("category")) {
    const known = this.store.get("categories").map((c) => c.name);
    this.store.set({ category: name || known[0] || "object" });
  }

  async newCategory(name) {
    try {
      const { categories } = await this.transport.call("add_category", { name });
      this.store.set({ categories, category: name });
    } catch (error) {
      this.say(error);
    }
  }

  get color() {
    const category = this.store.get("categories").find((c) => c.name === this.store.get("category"));
    return category?.color ?? FIRST_COLOR;
  }
}

async function objectOf(wire) {
  return { ...wire, mask: await decodeMask(wire.mask) };
}
