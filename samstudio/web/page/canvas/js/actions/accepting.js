// What is drawn becomes objects: new ones through the outbox, corrections under the revision they
// were begun on.

import { emptyDraft, isCorrection } from "../model/drafts.js";
import { keyed, newId } from "../model/ids.js";
import { encodeMask, same } from "../model/masks/mask.js";
import { ACCEPTED } from "../model/statuses.js";
import { addRequestOf } from "../sync/add_request.js";

/** @import { Correction, Draft, ImageEntry, NewObject, Step, StoredObject } from "../types.d.ts" */
/** @import { Core } from "./core.js" */
/** @import { DraftStorage } from "../sync/draft_storage.js" */
/** @import { History } from "../model/state.js" */
/** @import { ObjectStore } from "../sync/object_store.js" */
/** @import { Outbox } from "../sync/outbox.js" */

const UNSENT = "The server does not answer. What you accept is kept in this browser and sent again until it arrives.";
const NON_PERSISTENT = "The server does not answer, and this browser keeps nothing by itself: leave this page open until it is back.";

/**
 * One step of the history: what was drawn before, and the steps that made objects of it.
 * @typedef {{ before: { draft: Draft, waiting: readonly Draft[] }, steps: Step[], undo: () => Promise<void>, redo: () => Promise<void> }} Entry
 */

export class Accepting {
  /**
   * @param {Core} core
   * @param {{ objectStore: ObjectStore, outbox: Outbox, draftStorage: DraftStorage }} session
   */
  constructor(core, { objectStore, outbox, draftStorage }) {
    this.core = core;
    this.objectStore = objectStore;
    this.outbox = outbox;
    this.draftStorage = draftStorage;
    this.store = core.store;
    /** @type {Set<Draft>} */
    this.inWork = new Set(); // corrections on their way: a second Enter does not save them twice
  }

  /** Everything that is drawn becomes objects: the draft, and those that wait beside it. */
  accept() {
    const { draft, waiting, thinking, image, selection } = this.store.values;
    const drafts = [...waiting, draft].filter((one) => one.mask && !this.inWork.has(one));
    if (!drafts.length || thinking || !image) return Promise.resolve();
    const fresh = drafts.filter((one) => !one.of);
    const corrected = drafts.filter(isCorrection);
    const { history } = this.core;
    const entry = this.entry(image, { draft, waiting });
    // Its place in the history is that of the key press, however long the server takes.
    history.push(entry);
    corrected.forEach((one) => this.inWork.add(one));
    // The next object can be drawn at once; this one leaves the stored work only for the outbox.
    const adds = this.storeInOutbox(image, fresh);
    this.draftStorage.hold(adds);
    this.core.put({ draft: draft.of ? draft : emptyDraft(), waiting: waiting.filter((one) => one.of), selection: draft.of ? selection : [] });
    return this.core.inTurn(() => this.busy(() => this.accepting({ image, history, entry, fresh, corrected, adds })));
  }

  /** @param {() => Promise<void>} work */
  async busy(work) {
    this.store.set({ saving: true });
    try {
      await work();
    } finally {
      this.store.set({ saving: false });
    }
  }

  /** @param {{ image: ImageEntry, history: History, entry: Entry, fresh: Draft[], corrected: Correction[], adds: Promise<NewObject[]> }} what */
  async accepting({ image, history, entry, fresh, corrected, adds }) {
    /** @type {Draft[]} */
    const done = [];
    /** @type {unknown[]} */
    const errors = [];
    /**
     * @param {Draft[]} drafts
     * @param {() => Promise<Step | null>} save
     */
    const attempt = async (drafts, save) => {
      try {
        const step = await save();
        if (step) entry.steps.push(step);
        done.push(...drafts);
      } catch (error) {
        errors.push(error);
      }
    };
    if (fresh.length) await attempt(fresh, async () => this.saveNew(image, fresh, await adds));
    for (const draft of corrected) await attempt([draft], () => this.saveCorrection(image, draft));
    if (!done.length) history.done = history.done.filter((one) => one !== entry);
    else if (errors.length) entry.before = { draft: done[done.length - 1], waiting: done.slice(0, -1) };
    if (errors.length) throw errors[0];
  }

  /**
   * @param {ImageEntry} image
   * @param {Entry["before"]} before
   * @returns {Entry}
   */
  entry(image, before) {
    /**
     * Accepted again after changes, these are other objects than the ones taken back.
     * @param {Draft} draft
     */
    const again = (draft) => (isCorrection(draft) ? this.resumed(draft) : keyed(draft));
    const undo = async () => {
      for (const one of [...entry.steps].reverse()) if (!(await one.undo())) return;
      if (this.core.isOpen(image)) this.core.put({ draft: again(entry.before.draft), waiting: entry.before.waiting.map(again) });
    };
    const redo = async () => {
      for (const one of entry.steps) if (!(await one.redo())) return;
      if (this.core.isOpen(image)) this.core.put({ draft: emptyDraft(), waiting: [] });
    };
    /** @type {Entry} */
    const entry = { before, steps: [], undo, redo };
    return entry;
  }

  /**
   * The object has a newer revision by now, made by this page.
   * @param {Correction} draft
   */
  resumed(draft) {
    const of = Object.freeze({ id: draft.of.id, revision: this.objectStore.revisions.ahead(draft.of.id, draft.of.revision) });
    return Object.freeze({ ...draft, of });
  }

  /**
   * @param {ImageEntry} image
   * @param {Draft[]} drafts
   */
  async storeInOutbox(image, drafts) {
    const category = this.store.get("category");
    const adds = await Promise.all(drafts.map((draft) => addRequestOf(draft, category)));
    await this.outbox.addAll(image.id, adds);
    return adds;
  }

  /**
   * @param {ImageEntry} image
   * @param {Draft[]} drafts
   * @param {NewObject[]} adds
   */
  async saveNew(image, drafts, adds) {
    try {
      const ids = await this.deliver(image, drafts, adds);
      return this.objectStore.step({
        ids: () => ids.flatMap((id) => this.objectStore.byClient(id)?.id ?? []),
        undo: () => this.turn(image.id, ids, true),
        redo: () => this.turn(image.id, ids, false),
      });
    } catch (error) {
      // Refused: what was drawn is there again, beside whatever was begun since.
      await this.draftStorage.giveBack(image, drafts);
      await this.outbox.remove(adds.map((add) => add.client_id));
      throw error;
    }
  }

  /**
   * Resolves to the client ids under which the server has, or will have, these objects.
   * @param {ImageEntry} image
   * @param {Draft[]} drafts
   * @param {NewObject[]} adds
   * @returns {Promise<string[]>}
   */
  async deliver(image, drafts, adds) {
    const ids = adds.map((add) => add.client_id);
    const reply = await this.outbox.send(image.id, adds);
    if (!reply) {
      this.core.say(new Error(this.outbox.persistent ? UNSENT : NON_PERSISTENT));
      return ids;
    }
    await this.objectStore.apply(image.id, reply, new Map(ids.map((id, i) => [id, drafts[i].mask])));
    // Another page had the same draft and accepted it as something else: then these are two objects.
    const twins = [...ids.keys()].filter((i) => differs(this.objectStore.byClient(ids[i]), drafts[i]));
    if (!twins.length) return ids;
    const others = twins.map((i) => ({ ...adds[i], client_id: newId() }));
    await this.outbox.addAll(image.id, others);
    const own = await this.deliver(image, twins.map((i) => drafts[i]), others);
    return [...ids.filter((_, i) => !twins.includes(i)), ...own];
  }

  /**
   * Objects by the id that this browser gave them, which they have also before they arrived.
   * @param {string} imageId
   * @param {string[]} clientIds
   * @param {boolean} away
   */
  async turn(imageId, clientIds, away) {
    await this.outbox.delivering;
    const there = clientIds.filter((id) => !this.outbox.has(id)).flatMap((id) => this.objectStore.byClient(id) ?? []);
    for (const id of clientIds) await this.outbox.withdraw(id, away);
    if (there.length) await this.objectStore.change(imageId, away ? { remove: there } : { restore: there });
  }

  /**
   * @param {ImageEntry} image
   * @param {Correction} draft
   */
  async saveCorrection(image, draft) {
    const { id, revision } = draft.of;
    // After a reload the object may be unknown: someone deleted it meanwhile. The server will say so.
    if (!this.objectStore.known.has(id)) this.objectStore.known.set(id, begunOn(draft, image));
    const proposal = draft.token && draft.base ? { version: draft.version, iou: draft.iou, proposed: await encodeMask(draft.base) } : {};
    const steps = draft.steps.length ? { prompts: draft.steps } : {};
    // Who corrects a proposal and saves it has accepted it.
    const values = { mask: await encodeMask(draft.mask), category: draft.category ?? undefined, status: ACCEPTED, ...steps, ...proposal };
    // On the revision that was corrected, not the newest: someone else's change meanwhile is theirs to lose or keep.
    const was = await this.objectStore.update(id, values, draft.mask, revision);
    await this.draftStorage.finished(image, draft);
    if (!was) return null;
    const old = { mask: await encodeMask(was.mask), category: was.category, status: was.status };
    const restored = async () => {
      if (was.deleted) await this.objectStore.change(image.id, { restore: this.objectStore.latest([id]) });
      await this.objectStore.update(id, values, draft.mask);
    };
    return this.objectStore.step({
      ids: () => [id],
      undo: () => (was.deleted ? this.objectStore.change(image.id, { remove: this.objectStore.latest([id]) }) : this.objectStore.update(id, old, was.mask)),
      redo: restored,
    });
  }
}

// The object as it was when the correction was begun, as far as the draft tells.
/**
 * @param {Correction} draft
 * @param {ImageEntry} image
 * @returns {StoredObject}
 */
function begunOn({ of, base, category, version, iou }, image) {
  const untold = { color: "", rank: null, client_id: null, corrected: false, marks: { note: "", flagged: false } };
  return { ...of, ...untold, image_id: image.id, category: category ?? "", status: ACCEPTED, version, iou, mask: base };
}

/**
 * @param {StoredObject | undefined} stored
 * @param {Draft} draft
 */
function differs(stored, draft) {
  return stored?.revision === 1 && !same(stored.mask, draft.mask);
}
