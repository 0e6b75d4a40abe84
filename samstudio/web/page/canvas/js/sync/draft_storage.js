// The work begun on each image, stored in the browser at every change and restored when the
// image is opened again: after a reload, a crash, or an afternoon on other images.
// Every page (tab) stores its own, so that two of them on one image do not write over each other.

import { isStarted } from "../model/drafts.js";
import { keyed, newId } from "../model/ids.js";
import { emptyWork, joined, packed, unpacked, worthStoring } from "./stored_work.js";
import { same } from "../model/masks.js";

const KEYS = ["draft", "waiting", "boxes", "polygon", "flags"];
const NON_PERSISTENT =
  "This browser keeps nothing by itself (a private window, or a full disk): accept what you draw before you leave or reload this page.";

export class DraftStorage {
  constructor(core, storage) {
    this.core = core;
    this.store = core.store;
    this.storage = storage;
    this.page = pageName();
    this.saving = null; // the image whose work is being written
    this.held = Promise.resolve();
    this.adopted = new Map(); // image → records of pages that are gone, whose work is ours now
    this.store.on(KEYS, () => this.save());
  }

  /** Store the open image's work; while one write runs, only the newest state waits behind it. */
  save() {
    const image = this.store.get("image");
    if (!image || !this.store.get("opened")) return;
    const work = Object.fromEntries(KEYS.map((key) => [key, this.store.get(key)]));
    this.next = { id: image.id, work };
    this.saving ??= this.write().finally(() => {
      this.saving = null;
    });
  }

  /** What is stored stays as it is until `promise` is over: accepted drafts leave it for the outbox. */
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

  async record(id, work) {
    if (worthStoring(work)) await this.storage.put("work", this.name(id), { ...packed(work), at: Date.now() });
    else await this.storage.drop("work", this.name(id));
    const others = this.adopted.get(id) ?? [];
    this.adopted.delete(id);
    if (others.length) await this.storage.drop("work", ...others);
  }

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

  /** The work begun on an image: this page's, else that of pages which were closed. */
  async load(id) {
    try {
      const records = (await this.storage.all("work", `${id}/`)).sort(([, a], [, b]) => b.at - a.at);
      const own = records.filter(([name]) => name === this.name(id));
      const chosen = own.length ? own : records;
      this.adopted.set(id, chosen.map(([name]) => name).filter((name) => name !== this.name(id)));
      const onTheWay = (await this.storage.all("outbox")).filter(([, entry]) => !entry.withdrawn);
      const gone = new Map(onTheWay.map(([key]) => [key, null]));
      return without(joined(chosen.map(([, work]) => unpacked(work))), gone);
    } catch {
      return emptyWork();
    }
  }

  /** `work` beside what was begun since it was asked for, without what was accepted on another page. */
  merged(work, objects) {
    const accepted = new Map(objects.filter((one) => one.client_id).map((one) => [one.client_id, one.mask]));
    const begun = Object.fromEntries(KEYS.map((key) => [key, this.store.get(key)]));
    return without(worthStoring(begun) ? joined([begun, work]) : work, accepted);
  }

  /** A correction is saved: it is in the making no longer, here or on an image that was left meanwhile. */
  async finished(image, draft) {
    const open = this.core.isOpen(image) && this.store.get("opened");
    const work = open ? this.store.values : await this.load(image.id);
    const saved = (one) => one.of?.id === draft.of.id && same(one.mask, draft.mask);
    const left = { draft: saved(work.draft) ? emptyWork().draft : work.draft, waiting: work.waiting.filter((one) => !saved(one)) };
    if (!open) return this.record(image.id, { ...work, ...left });
    this.core.put(saved(work.draft) ? { ...left, selection: [draft.of.id] } : left);
    return undefined;
  }

  /** Drafts come back to an image that may not be the open one. */
  async giveBack(image, drafts) {
    const open = this.core.isOpen(image) && this.store.get("opened");
    const work = open ? this.store.values : await this.load(image.id);
    const all = [...work.waiting, ...drafts.slice(0, -1)];
    const back = isStarted(work.draft) ? { waiting: [...all, drafts.at(-1)] } : { waiting: all, draft: drafts.at(-1) };
    if (open) this.core.put(back);
    else await this.record(image.id, { ...work, ...back });
    await this.settled();
  }
}

// Without drafts that are objects by now, by their key; one that was changed since is another object.
function without(work, accepted) {
  const left = (draft) => {
    if (draft.of || !accepted.has(draft.key)) return [draft];
    const mask = accepted.get(draft.key);
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
