// What is drawn becomes objects: new ones through the outbox, corrections under the revision they
// were begun on.

import { emptyDraft } from "../model/drafts.js";
import { keyed, newId } from "../model/ids.js";
import { encodeMask, same } from "../model/masks.js";
import { ACCEPTED } from "../model/statuses.js";
import { addRequestOf } from "../sync/add_request.js";

const UNSENT = "The server does not answer. What you accept is kept in this browser and sent again until it arrives.";
const NON_PERSISTENT = "The server does not answer, and this browser keeps nothing by itself: leave this page open until it is back.";

export class Accepting {
  constructor(core, { objectStore, outbox, draftStorage }) {
    Object.assign(this, { core, objectStore, outbox, draftStorage });
    this.store = core.store;
    this.inWork = new Set(); // corrections on their way: a second Enter does not save them twice
  }

  /** Everything that is drawn becomes objects: the draft, and those that wait beside it. */
  accept() {
    const { draft, waiting, thinking, image, selection } = this.store.values;
    const drafts = [...waiting, draft].filter((one) => one.mask && !this.inWork.has(one));
    if (!drafts.length || thinking) return Promise.resolve();
    const fresh = drafts.filter((one) => !one.of);
    const corrected = drafts.filter((one) => one.of);
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

  async busy(work) {
    this.store.set({ saving: true });
    try {
      await work();
    } finally {
      this.store.set({ saving: false });
    }
  }

  async accepting({ image, history, entry, fresh, corrected, adds }) {
    const done = [];
    const errors = [];
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
    else if (errors.length) entry.before = { draft: done.at(-1), waiting: done.slice(0, -1) };
    if (errors.length) throw errors[0];
  }

  entry(image, before) {
    const entry = { before, steps: [] };
    // Accepted again after changes, these are other objects than the ones taken back.
    const again = (draft) => (draft.of ? this.resumed(draft) : keyed(draft));
    entry.undo = async () => {
      for (const one of [...entry.steps].reverse()) if (!(await one.undo())) return;
      if (this.core.isOpen(image)) this.core.put({ draft: again(entry.before.draft), waiting: entry.before.waiting.map(again) });
    };
    entry.redo = async () => {
      for (const one of entry.steps) if (!(await one.redo())) return;
      if (this.core.isOpen(image)) this.core.put({ draft: emptyDraft(), waiting: [] });
    };
    return entry;
  }

  // The object has a newer revision by now, made by this page.
  resumed(draft) {
    const of = Object.freeze({ id: draft.of.id, revision: this.objectStore.revisions.ahead(draft.of.id, draft.of.revision) });
    return Object.freeze({ ...draft, of });
  }

  async storeInOutbox(image, drafts) {
    const category = this.store.get("category");
    const adds = await Promise.all(drafts.map((draft) => addRequestOf(draft, category)));
    await this.outbox.addAll(image.id, adds);
    return adds;
  }

  async saveNew(image, drafts, adds) {
    try {
      const ids = await this.deliver(image, drafts, adds);
      return this.objectStore.step({
        ids: () => ids.map((id) => this.objectStore.byClient(id)?.id).filter(Boolean),
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

  // Resolves to the client ids under which the server has, or will have, these objects.
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

  // Objects by the id that this browser gave them, which they have also before they arrived.
  async turn(imageId, clientIds, away) {
    await this.outbox.delivering;
    const there = clientIds.filter((id) => !this.outbox.has(id)).map((id) => this.objectStore.byClient(id)).filter(Boolean);
    for (const id of clientIds) await this.outbox.withdraw(id, away);
    if (there.length) await this.objectStore.change(imageId, away ? { remove: there } : { restore: there });
  }

  async saveCorrection(image, draft) {
    const { id, revision } = draft.of;
    // After a reload the object may be unknown: someone deleted it meanwhile. The server will say so.
    if (!this.objectStore.known.has(id)) this.objectStore.known.set(id, { id, revision, image_id: image.id, category: draft.category, mask: draft.base });
    const proposal = draft.token && draft.base ? { version: draft.version, iou: draft.iou, proposed: await encodeMask(draft.base) } : {};
    const steps = draft.steps.length ? { prompts: draft.steps } : {};
    // Who corrects a proposal and saves it has accepted it.
    const values = { mask: await encodeMask(draft.mask), category: draft.category, status: ACCEPTED, ...steps, ...proposal };
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

function differs(stored, draft) {
  return stored.revision === 1 && !same(stored.mask, draft.mask);
}
