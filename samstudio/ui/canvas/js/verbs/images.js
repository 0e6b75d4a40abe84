// The images of the dataset and the one that is open.

import { decodeMask } from "../model/masks.js";
import { PictureCache } from "../model/picture.js";
import { emptyWork } from "./keeping.js";
import { route } from "../transport.js";

const CLOSED = { image: null, picture: null, opened: false, objects: [], standIns: [], selection: [], hovered: null, preview: null };

export class Images {
  constructor(core, keeping) {
    this.core = core;
    this.store = core.store;
    this.transport = core.transport;
    this.keeping = keeping;
    this.pictures = new PictureCache();
  }

  /** Ask for the list; where no image is open, open `first`, or the first of all. */
  async refresh(first = null) {
    try {
      const reply = await this.transport.latest("images", "list_images", { limit: this.store.get("limit") });
      if (!reply) return;
      this.store.set({ images: reply.images, total: reply.total, categories: reply.categories });
      const ids = reply.images.map((image) => image.id);
      const open = this.store.get("image");
      if (open && !ids.includes(open.id)) this.close();
      if (!this.store.get("image") && ids.length) await this.open(ids.includes(first) ? first : ids[0]);
    } catch (error) {
      this.core.say(error);
    }
  }

  async showMore() {
    this.store.set({ limit: this.store.get("limit") + 200 });
    await this.refresh();
  }

  close() {
    this.transport.forget("open");
    this.core.put({ ...CLOSED, ...emptyWork() });
  }

  /** Open an image, with what was begun on it. */
  async open(id) {
    this.keeping.save();
    const known = this.store.get("images").find((image) => image.id === id);
    this.core.put({ ...CLOSED, ...emptyWork(), image: known ?? null, ready: false });
    try {
      const opened = this.transport.latest("open", "open_image", { image_id: id }, decoded);
      const picture = this.pictures.get(route(`images/${id}`));
      picture.catch(() => {}); // said by showPicture
      const work = await this.begun(id);
      const reply = await opened;
      if (!reply) return;
      this.core.put({ image: reply.image, objects: reply.objects, ready: reply.image.ready, notice: null, opened: true, ...work });
      this.showPicture(id, picture);
      this.prepare(id);
      this.preload(id);
    } catch (error) {
      this.core.say(error);
    }
  }

  // What was begun may still be on its way to the disk.
  async begun(id) {
    await this.keeping.settled();
    return this.keeping.load(id);
  }

  async showPicture(id, promise) {
    try {
      const picture = await promise;
      if (this.store.get("image")?.id === id) this.store.set({ picture });
    } catch {
      this.core.say(new Error("The picture could not be loaded. Is the server still running? Reload the page to try again."));
    }
  }

  // Resolves on the server when the embedding is there; until then the first mask takes longer.
  async prepare(id) {
    try {
      const reply = await this.transport.latest("prepare", "prepare_image", { image_id: id });
      if (reply && this.store.get("image")?.id === id) this.store.set({ ready: true });
    } catch (error) {
      if (this.store.get("image")?.id === id) this.core.say(error);
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

  count(imageId, change) {
    const images = this.store.get("images").map((image) =>
      image.id === imageId ? { ...image, accepted: Math.max(0, image.accepted + change) } : image,
    );
    this.store.set({ images });
  }
}

async function decoded(reply) {
  const objects = reply.objects.map(async (object) => ({ ...object, mask: await decodeMask(object.mask) }));
  return { ...reply, objects: await Promise.all(objects) };
}
