// The images of the dataset and the one that is open.

import { emptyDraft } from "../model/state.js";
import { decodeMask } from "../model/masks.js";
import { PictureCache } from "../model/picture.js";
import { route } from "../transport.js";

export class Images {
  constructor(core) {
    this.core = core;
    this.store = core.store;
    this.transport = core.transport;
    this.pictures = new PictureCache();
    this.drafts = new Map(); // what was begun on an image stays there when another is opened
  }

  async refresh() {
    try {
      const reply = await this.transport.latest("images", "list_images", { limit: this.store.get("limit") });
      if (!reply) return;
      this.store.set({ images: reply.images, total: reply.total, categories: reply.categories });
      const open = this.store.get("image");
      if (open && !reply.images.some((image) => image.id === open.id)) this.close();
      if (!this.store.get("image") && reply.images.length) await this.open(reply.images[0].id);
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
    this.drafts.delete(this.store.get("image")?.id);
    this.store.set({ image: null, picture: null, objects: [], draft: emptyDraft(), selected: null });
  }

  async open(id) {
    const leaving = this.store.get("image");
    if (leaving && this.store.get("draft").mask) this.drafts.set(leaving.id, this.store.get("draft"));
    else this.drafts.delete(leaving?.id);
    const known = this.store.get("images").find((image) => image.id === id);
    this.store.set({ image: known ?? null, picture: null, objects: [], selected: null, ready: false });
    this.core.putDraft(this.drafts.get(id) ?? emptyDraft());
    try {
      const opened = this.transport.latest("open", "open_image", { image_id: id }, decoded);
      const picture = this.pictures.get(route(`images/${id}`));
      const reply = await opened;
      if (!reply) return;
      this.store.set({ image: reply.image, objects: reply.objects, ready: reply.image.ready, notice: null });
      this.showPicture(id, picture);
      this.prepare(id);
      this.preload(id);
    } catch (error) {
      this.core.say(error);
    }
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
