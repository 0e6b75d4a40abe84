// The work begun on each image, stored in the browser at every change and restored when the
// image is opened again: after a reload, a crash, or an afternoon on other images.
// Every page (tab) stores its own, so that two of them on one image do not write over each other.

import { isStarted } from "../model/drafts.js";
import { keyed, newId } from "../model/ids.js";
import { emptyWork, joined, packed, unpacked, workOf, worthStoring } from "./stored_work.js";
import { same } from "../model/masks/mask.js";

/** @import { Correction, Draft, ImageEntry, Mask, StoredObject, Work } from "../types.d.ts" */
/** @import { BrowserStorage } from "./browser_storage.js" */
/** @import { Core } from "../actions/core.js" */

/** @type {readonly (keyof Work)[]} */
const KEYS = ["draft", "waiting", "boxes", "polygon", "flags"];
const NON_PERSISTENT =
  "This browser keeps nothing by itself (a private window, or a full disk): accept what you draw before you leave or reload this page.";

export class DraftStorage {
  /**
   * @param {Core} core
   * @param {BrowserStorage} storage
   */
  constructor(core, storage) {
    this.core = core;
    this.store = core.store;
    this.storage = storage;
    this.page = pageName();
    /** @type {{ id: string, work: Work } | null} */
    this.next = null; // the newest state, to be written
    /** @type {Promise<void> | null} */
    this.saving = null; // the writing, while there is some
    /** @type {Promise<unknown>} */
    this.held = Promise.resolve();
    /** @type {Map<string, string[]>} */
    this.adopted = new Map(); // image → records of pages that are gone, whose work is ours now
    this.store.on(KEYS, () => this.save());
  }

  /** Store the open image's work; while one write runs, only the newest state waits behind it. */
  save() {
    const image = this.store.get("image");
    if (!image || !this.store.get("opened")) return;
    this.next = { id: image.id, work: workOf(this.store.values) };
    this.saving ??= this.write().finally(() => {
      this.saving = null;
    });
  }

  /**
   * What is stored stays as it is until `promise` is over: accepted drafts leave it for the outbox.
   * @param {Promise<unknown>} promise
   */
  hold(promise) {
    this.held = Promise.allSettled([this.held, promise]);
  }

  async write() {
    while (this.next) {
      await this.held;
      const { id, work } = this.next;
      this.next = null;
      try {
        await this.record(id, work);
        if (worthStoring(work) && !(await this.storage.persistent)) this.warn();
      } catch {
        this.warn();
      }
    }
  }

  /**
   * @param {string} id
   * @param {Work} work
   */
  async record(id, work) {
    if (worthStoring(work)) await this.storage.put("work", this.name(id), { ...packed(work), at: Date.now() });
    else await this.storage.drop("work", this.name(id));
    const others = this.adopted.get(id) ?? [];
    this.adopted.delete(id);
    if (others.length) await this.storage.drop("work", ...others);
  }

  /** @param {string} id */
  name(id) {
    return `${id}/${this.page}`;
  }

  /** Resolves when everything begun is on disk. */
  async settled() {
    await (this.saving ?? Promise.resolve());
  }

  /** What is drawn or accepted here ends with the page. */
  warn() {
    if (this.store.get("nonPersistent")) return;
    this.store.set({ nonPersistent: true });
    this.core.hint(NON_PERSISTENT);
  }

  /**
   * The work begun on an image: this page's, else that of pages which were closed.
   * @param {string} id
   * @returns {Promise<Work>}
   */
  async load(id) {
    try {
      const records = (await this.storage.all("work", `${id}/`)).sort(([, a], [, b]) => (b.at ?? 0) - (a.at ?? 0));
      const own = records.filter(([name]) => name === this.name(id));
      const chosen = own.length ? own : records;
      this.adopted.set(id, chosen.map(([name]) => name).filter((name) => name !== this.name(id)));
      const onTheWay = (await this.storage.all("outbox")).filter(([, entry]) => "add" in entry && !entry.withdrawn);
      const gone = new Map(onTheWay.map(([key]) => [key, null]));
      return without(joined(chosen.map(([, work]) => unpacked(work))), gone);
    } catch {
      return emptyWork();
    }
  }

  /**
   * `work` beside what was begun since it was asked for, without what was accepted on another page.
   * @param {Work} work
   * @param {readonly StoredObject[]} objects
   */
  merged(work, objects) {
    /** @type {Map<string, Mask | null>} */
    const accepted = new Map(objects.flatMap((one) => (one.client_id ? [/** @type {[string, Mask | null]} */ ([one.client_id, one.mask])] : [])));
    const begun = workOf(this.store.values);
    return without(worthStoring(begun) ? joined([begun, work]) : work, accepted);
  }

  /**
   * A correction is saved: it is in the making no longer, here or on an image that was left meanwhile.
   * @param {{ id: string }} image
   * @param {Correction} draft
   */
  async finished(image, draft) {
    const open = this.core.isOpen(image) && this.store.get("opened");
    const work = open ? this.store.values : await this.load(image.id);
    /** @param {Draft} one */
    const saved = (one) => one.of?.id === draft.of.id && same(one.mask, draft.mask);
    const left = { draft: saved(work.draft) ? emptyWork().draft : work.draft, waiting: work.waiting.filter((one) => !saved(one)) };
    if (!open) return this.record(image.id, { ...work, ...left });
    this.core.put(saved(work.draft) ? { ...left, selection: [draft.of.id] } : left);
    return undefined;
  }

  /**
   * Drafts come back to an image that may not be the open one.
   * @param {{ id: string }} image
   * @param {readonly Draft[]} drafts
   */
  async giveBack(image, drafts) {
    const open = this.core.isOpen(image) && this.store.get("opened");
    const work = open ? this.store.values : await this.load(image.id);
    const all = [...work.waiting, ...drafts.slice(0, -1)];
    const last = drafts[drafts.length - 1];
    const back = isStarted(work.draft) ? { waiting: [...all, last] } : { waiting: all, draft: last };
    if (open) this.core.put(back);
    else await this.record(image.id, { ...work, ...back });
    await this.settled();
  }
}

// Without drafts that are objects by now, by their key; one that was changed since is another object.
/**
 * @param {Work} work
 * @param {Map<string, Mask | null>} accepted
 * @returns {Work}
 */
function without(work, accepted) {
  /** @param {Draft} draft */
  const left = (draft) => {
    const mask = draft.of || !draft.key ? undefined : accepted.get(draft.key);
    if (mask === undefined) return [draft];
    return mask === null || same(mask, draft.mask) ? [] : [keyed(draft)];
  };
  return { ...work, draft: left(work.draft)[0] ?? emptyWork().draft, waiting: work.waiting.flatMap(left) };
}

// Survives a reload and a crash, and ends with the tab.
function pageName() {
  try {
    const name = sessionStorage.getItem("samstudio.page") ?? newId();
    sessionStorage.setItem("samstudio.page", name);
    return name;
  } catch {
    return newId();
  }
}
