// The images of the dataset and the one that is open.

import { decodeMask } from "../model/masks/mask.js";
import { PictureCache } from "../model/picture.js";
import { sameMarks } from "../model/marks.js";
import { ACCEPTED, PROPOSED } from "../model/statuses.js";
import { emptyWork } from "../sync/stored_work.js";
import { apiUrl } from "../sync/http.js";
import { asked, sameQuery } from "../model/queries.js";
import { isLost, messageOf } from "../sync/transport.js";

/** @import { Calls, ImageEntry, ListedEntry, Notice, Picture, Query, State, Status, Work } from "../types.d.ts" */
/** @import { Core } from "./core.js" */
/** @import { DraftStorage } from "../sync/draft_storage.js" */

const KEPT = "If anything was begun on it, that is kept in this browser, and there again when the image is added again.";
/** @type {Partial<State>} */
const CLOSED = { image: null, picture: null, opened: false, objects: [], pendingObjects: [], selection: [], hovered: null, preview: null };

export class Images {
  /**
   * @param {Core} core
   * @param {DraftStorage} draftStorage
   */
  constructor(core, draftStorage) {
    this.core = core;
    this.store = core.store;
    this.transport = core.transport;
    this.draftStorage = draftStorage;
    this.pictures = new PictureCache();
    /** @type {string | null} */
    this.first = null; // the image to open before any other
    /** @type {string | null} */
    this.opening = null; // the image that is asked for, of which the list may know nothing yet
    this.asked = 0; // how often the list was asked for
    /** @type {(images: readonly ListedEntry[], asked: number) => readonly ListedEntry[]} */
    this.corrected = (images) => images; // by what is known better than the list knew that was asked for then
    this.isOther = false; // the part of the list that is shown is of another query
  }

  /**
   * List other images from now on; `refresh`, or opening one of them, shows them.
   * @param {Query} query
   */
  list(query) {
    if (sameQuery(query, this.store.get("query"))) return;
    this.transport.forget("images");
    this.isOther = true;
    this.core.put({ query: asked(query), place: null, listProblem: null });
  }

  /**
   * List other images and show them; the open one stays open.
   * @param {Query} query
   */
  async show(query) {
    this.list(query);
    await this.refresh();
  }

  /**
   * Ask for the list, or the part of it that has the open image; where none is open, open `first`, or the first of all.
   * @param {string | null} [first]
   */
  async refresh(first = this.first) {
    this.first = first;
    const asked = (this.asked += 1);
    try {
      const { query, limit, image, place } = this.store.values;
      const around = image?.id ?? this.opening ?? place?.id ?? first;
      const at = place?.id === around ? place?.cursor : null;
      const stay = Boolean(image ?? this.opening ?? place);
      const reply = await this.transport.latest("images", "list_images", { query, limit, around, at, stay });
      if (!reply) return;
      this.isOther = false;
      this.store.set({ ...reply, images: this.corrected(reply.images, asked), listProblem: null });
      this.keepPlace();
      this.countShown();
      this.followMarks();
      const ids = reply.images.map((image) => image.id);
      const open = this.store.get("image");
      const deleted = open && !ids.includes(open.id) && this.core.isOpen(open) && (await this.isGone(open.id));
      if (deleted) this.close();
      const wanted = place?.id ?? first;
      if (!this.store.get("image") && !this.opening && ids.length) await this.open(wanted && ids.includes(wanted) ? wanted : ids[0]);
      if (deleted) this.core.say(new Error(`“${open.filename}” was deleted from the dataset. ${KEPT}`));
    } catch (error) {
      this.refused(error);
    }
  }

  /** Somebody else may have said something of the open image. */
  followMarks() {
    const open = this.store.get("image");
    const listed = this.store.get("images").find((one) => one.id === open?.id);
    if (open && listed && !sameMarks(open.marks, listed.marks)) this.store.set({ image: { ...open, marks: listed.marks } });
  }

  /**
   * A list that cannot be made is said where it would be.
   * @param {unknown} error
   */
  refused(error) {
    const { query } = this.store.values;
    if (isLost(error) || sameQuery(query, {})) return this.core.say(error);
    return this.store.set({ listProblem: messageOf(error), images: [], before: null, after: null, offset: 0, total: 0, stray: null });
  }

  /** Where in the list the open image was found: it is left from there, whatever it becomes meanwhile. */
  keepPlace() {
    const { image, images, place } = this.store.values;
    const found = place?.id === image?.id ? undefined : images.find((one) => one.id === image?.id);
    if (found) this.store.set({ place: { id: found.id, cursor: found.cursor } });
  }

  /**
   * The cursor with which an image was found in the list.
   * @param {string} id
   */
  cursorOf(id) {
    const { images, place } = this.store.values;
    if (place?.id === id) return place.cursor;
    return this.isOther ? undefined : images.find((image) => image.id === id)?.cursor;
  }

  /** Show more of the list after the part that is shown. */
  async showMore() {
    await this.extend("after");
  }

  /** Show more of the list before the part that is shown. */
  async showEarlier() {
    await this.extend("before");
  }

  /** @param {"before" | "after"} end */
  async extend(end) {
    const { query, [end]: cursor } = this.store.values;
    if (!cursor) return;
    try {
      const reply = await this.transport.latest("images", "list_images", { query, [end]: cursor });
      const { images, limit, [end]: now } = this.store.values;
      if (!reply || now !== cursor) return; // another part is shown by now
      const more = end === "after" ? { images: [...images, ...reply.images] } : { images: [...reply.images, ...images], offset: reply.offset };
      this.store.set({ ...more, [end]: reply[end], total: reply.total, limit: limit + reply.images.length });
      this.countShown();
    } catch (error) {
      this.core.say(error);
    }
  }

  /**
   * Whether the server says that there is no such image; the list may just be too short to show it.
   * @param {string} id
   */
  async isGone(id) {
    try {
      const known = Object.fromEntries(this.store.get("objects").map((one) => [one.id, one.revision]));
      await this.transport.call("changes", { image_id: id, known });
      return false;
    } catch (error) {
      if (isLost(error)) throw error;
      return true;
    }
  }

  close() {
    this.draftStorage.save();
    this.transport.forget("open");
    this.core.put({ ...CLOSED, ...emptyWork() });
  }

  /**
   * Open an image, with what was begun on it. `at`: the cursor with which it was found in the list.
   * @param {string} id
   * @param {string | null} [at]
   */
  async open(id, at = null) {
    this.draftStorage.save();
    this.opening = id;
    const known = this.store.get("images").find((image) => image.id === id);
    this.core.put({ ...CLOSED, ...emptyWork(), image: known ?? null, ready: false, ...this.entered(id, at) });
    try {
      const opened = this.transport.latest("open", "open_image", { image_id: id }, decoded);
      const picture = this.pictures.get(apiUrl(`images/${id}/pixels`));
      picture.catch(() => {}); // said by showPicture
      opened.catch(() => {}); // said below
      const work = await this.begun(id);
      const reply = await opened.catch((error) => this.unreached(known, error));
      if (!reply) return;
      this.core.put({
        image: reply.image, objects: reply.objects, ready: reply.image.ready, notice: notShown(reply.problems), opened: true, ...this.draftStorage.merged(work, reply.objects),
      });
      this.showPicture(id, picture);
      if ("error" in reply) throw reply.error;
      this.prepare(id);
      if (this.isListed(id)) this.preload(id);
      else this.refresh();
    } catch (error) {
      this.core.say(error);
    } finally {
      if (this.opening === id) this.opening = null;
    }
  }

  /**
   * The place of an image that is opened. One that was listed only while it was open, leaves the list with that.
   * @param {string} id
   * @param {string | null} at
   * @returns {Partial<State>}
   */
  entered(id, at) {
    const { images, stray } = this.store.values;
    const cursor = at ?? this.cursorOf(id);
    const listed = stray === null || stray === id ? {} : { stray: null, images: images.filter((image) => image.id !== stray) };
    return { ...listed, place: cursor ? { id, cursor } : null };
  }

  /**
   * Without the server there is still what was begun here, and a picture that the browser knows.
   * @param {ImageEntry | undefined} known
   * @param {unknown} error
   */
  unreached(known, error) {
    if (!isLost(error) || !known) throw error;
    return { image: { ...known, ready: false }, objects: [], problems: [], error };
  }

  /**
   * The server is back: what could not be asked of it about the open image.
   * @returns {Promise<void>}
   */
  async recover() {
    const { image, opened, picture, ready } = this.store.values;
    if (!image) return this.refresh();
    if (!opened) return this.open(image.id);
    if (!picture) this.showPicture(image.id, this.pictures.get(apiUrl(`images/${image.id}/pixels`)));
    if (!ready) this.prepare(image.id);
    return undefined;
  }

  /**
   * What was begun may still be on its way to the disk.
   * @param {string} id
   */
  async begun(id) {
    await this.draftStorage.settled();
    return this.draftStorage.load(id);
  }

  /**
   * @param {string} id
   * @param {Promise<Picture>} promise
   */
  async showPicture(id, promise) {
    try {
      const picture = await promise;
      if (this.store.get("image")?.id === id) this.store.set({ picture });
    } catch {
      this.core.say(new Error("The picture could not be loaded. Is the server still running? Reload the page to try again."));
    }
  }

  /**
   * Resolves on the server when the embedding is there; until then the first mask takes longer.
   * @param {string} id
   */
  async prepare(id) {
    try {
      const reply = await this.transport.latest("prepare", "prepare_image", { query: this.store.get("query"), image_id: id });
      if (reply && this.store.get("image")?.id === id) this.store.set({ ready: true });
      if (reply?.drawn) await this.showDrawn(id);
    } catch (error) {
      if (this.store.get("image")?.id === id && !isLost(error)) this.core.say(error);
    }
  }

  /**
   * Masks were proposed, while the image was prepared, for boxes that had come in without.
   * @param {string} id
   */
  async showDrawn(id) {
    const reply = await this.transport.latest("open", "open_image", { image_id: id }, decoded);
    if (!reply || this.store.get("image")?.id !== id) return;
    const shown = this.store.get("objects");
    const known = new Set(shown.map((object) => object.id));
    this.store.set({ objects: [...shown, ...reply.objects.filter((object) => !known.has(object.id))] });
  }

  /** @param {string} id */
  isListed(id) {
    return !this.isOther && this.store.get("images").some((image) => image.id === id);
  }

  /** @param {string} id */
  preload(id) {
    const next = this.beside(id, 1);
    if (next) this.pictures.get(apiUrl(`images/${next}/pixels`)).catch(() => {});
  }

  /**
   * The image beside one in the part of the list that is shown; null at an end of the list, undefined where the part does
   * not say.
   * @param {string} id
   * @param {-1 | 1} step
   */
  beside(id, step) {
    const { images, before, after } = this.store.values;
    const index = images.findIndex((image) => image.id === id);
    if (index < 0 || this.isOther) return undefined;
    const found = images[index + step]?.id;
    return found ?? ((step < 0 ? before : after) ? undefined : null);
  }

  /**
   * Open the image before or after the open one, in the order of the list, however long that is.
   * @param {-1 | 1} step
   */
  async step(step) {
    const id = this.store.get("image")?.id;
    if (!id) return;
    const next = this.beside(id, step);
    try {
      const found = next === undefined ? await this.askedBeside(id, step) : next;
      if (found && this.store.get("image")?.id === id) await this.open(found);
    } catch (error) {
      this.core.say(error);
    }
  }

  /**
   * The image beside one, as the server knows it; `more`: what is asked beside the list's own query.
   * @param {string} id
   * @param {-1 | 1} step
   * @param {Query} [more]
   */
  async askedBeside(id, step, more = {}) {
    const { query } = this.store.values;
    const at = this.cursorOf(id) ?? null;
    const reply = await this.transport.latest("neighbours", "neighbours", { query: { ...query, ...more }, image_id: id, at });
    return reply && (step < 0 ? reply.previous : reply.next);
  }

  /**
   * The open image has the objects that are shown. A list of the images may have been asked for before a change and come
   * after it, or the other way round; so they are counted, not added to what the list says.
   */
  countShown() {
    const open = this.store.get("image");
    if (!open || !this.store.get("opened")) return;
    const objects = this.store.get("objects");
    /** @param {Status} status */
    const number = (status) => objects.filter((one) => one.status === status).length;
    const counts = { accepted: number(ACCEPTED), proposed: number(PROPOSED) };
    this.store.set({ images: this.store.get("images").map((image) => (image.id === open.id ? { ...image, ...counts } : image)) });
  }

  /**
   * An image that is not open has that many more, or fewer, objects of each status.
   * @param {string} imageId
   * @param {{ accepted: number, proposed: number }} more
   */
  count(imageId, { accepted, proposed }) {
    if (!accepted && !proposed) return;
    /**
     * @param {number} count
     * @param {number} change
     */
    const more = (count, change) => Math.max(0, count + change);
    const images = this.store.get("images").map((image) =>
      image.id === imageId ? { ...image, accepted: more(image.accepted, accepted), proposed: more(image.proposed, proposed) } : image,
    );
    this.store.set({ images });
  }
}

/**
 * @param {readonly string[]} problems
 * @returns {Notice | null}
 */
function notShown(problems) {
  return problems.length ? { kind: "error", text: "Not every object of this image can be shown:", items: problems } : null;
}

/** @param {Calls["open_image"]["reply"]} reply */
async function decoded(reply) {
  const objects = reply.objects.map(async (object) => ({ ...object, mask: await decodeMask(object.mask) }));
  return { ...reply, objects: await Promise.all(objects) };
}
