// The work begun on each image, kept by the browser at every change and given back when the
// image is opened again: after a reload, a crash, or an afternoon on other images.

import { emptyDraft, isStarted } from "../model/drafts.js";
import { maskOf } from "../model/masks.js";

const KEYS = ["draft", "waiting", "boxes", "polygon", "flags"];
const MASKS = ["base", "add", "cut", "mask"];

export function emptyWork() {
  return { draft: emptyDraft(), waiting: [], boxes: [], polygon: null, flags: {} };
}

export class Keeping {
  constructor(core, local) {
    this.core = core;
    this.store = core.store;
    this.local = local;
    this.saving = null; // the image whose work is being written
    this.again = new Set();
    this.warned = false;
    this.store.on(KEYS, () => this.save());
  }

  /** Keep the open image's work; while one write runs, only the newest state waits behind it. */
  save() {
    const image = this.store.get("image");
    if (!image || !this.store.get("opened")) return;
    const work = Object.fromEntries(KEYS.map((key) => [key, this.store.get(key)]));
    this.next = { id: image.id, work };
    this.saving ??= this.write().finally(() => {
      this.saving = null;
    });
  }

  async write() {
    while (this.next) {
      const { id, work } = this.next;
      this.next = null;
      try {
        if (worthKeeping(work)) await this.local.put("work", id, packed(work));
        else await this.local.drop("work", id);
        if (worthKeeping(work)) await this.warn();
      } catch {
        await this.warn(true);
      }
    }
  }

  /** Resolves when everything begun is on disk. */
  async settled() {
    await (this.saving ?? Promise.resolve());
  }

  async warn(failed = false) {
    if (this.warned || (!failed && (await this.local.lasting))) return;
    this.warned = true;
    this.core.hint("This browser keeps nothing by itself (a private window, or a full disk): accept an object before you reload.");
  }

  async load(id) {
    try {
      const kept = await this.local.get("work", id);
      return kept ? unpacked(kept) : emptyWork();
    } catch {
      return emptyWork();
    }
  }
}

function worthKeeping({ draft, waiting, boxes, polygon, flags }) {
  return isStarted(draft) || waiting.length > 0 || boxes.length > 0 || polygon !== null || Object.keys(flags).length > 0;
}

function packed(work) {
  return { ...work, draft: packedDraft(work.draft), waiting: work.waiting.map(packedDraft) };
}

function packedDraft(draft) {
  const plain = { ...draft, candidates: draft.candidates.map((one) => ({ ...one, mask: plainMask(one.mask) })) };
  for (const key of MASKS) plain[key] = plainMask(draft[key]);
  return plain;
}

function plainMask(mask) {
  return mask && { x: mask.x, y: mask.y, w: mask.w, h: mask.h, bits: mask.bits };
}

function unpacked(work) {
  return { ...emptyWork(), ...work, draft: unpackedDraft(work.draft), waiting: work.waiting.map(unpackedDraft) };
}

function unpackedDraft(plain) {
  const draft = { ...emptyDraft(), ...plain, candidates: plain.candidates.map((one) => ({ ...one, mask: one.mask && maskOf(one.mask) })) };
  for (const key of MASKS) draft[key] = plain[key] && maskOf(plain[key]);
  return Object.freeze(draft);
}
