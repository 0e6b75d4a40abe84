// What is drawn becomes objects: new ones through the outbox, corrections under the revision they
// were begun on.

import { emptyDraft, isStarted } from "../model/drafts.js";
import { keyed, newId } from "../model/ids.js";
import { decodeMask, encodeMask } from "../model/masks.js";

const UNSENT = "The server does not answer. What you accept is kept in this browser and sent again until it arrives.";

const CLEARED = () => ({ draft: emptyDraft(), waiting: [] });

export class Accepting {
  constructor(core, { ledger, outbox, categories }) {
    this.core = core;
    this.store = core.store;
    this.ledger = ledger;
    this.outbox = outbox;
    this.categories = categories;
    outbox.onDelivered = (entry, object, withdrawn) => this.delivered(entry, object, withdrawn);
    this.store.on(["unsent", "image"], () => this.standIn());
  }

  /** Everything that is drawn becomes objects: the draft, and those that wait beside it. */
  accept() {
    const { draft, waiting, thinking } = this.store.values;
    const drafts = [...waiting, draft].filter((one) => one.mask);
    if (!drafts.length || thinking) return Promise.resolve();
    // The next object can be drawn at once; these are shown as being saved until the server has them.
    const before = { draft, waiting };
    if (!draft.of) this.core.put({ ...CLEARED(), selection: [] });
    return this.core.inTurn(() => this.busy(() => this.accepting(drafts, before)));
  }

  async busy(work) {
    this.store.set({ saving: true });
    try {
      await work();
    } finally {
      this.store.set({ saving: false });
    }
  }

  async accepting(drafts, before) {
    const image = this.store.get("image");
    const corrected = drafts.find((draft) => draft.of);
    const fresh = drafts.filter((draft) => !draft.of);
    const steps = [];
    try {
      if (corrected) steps.push(await this.saveCorrection(corrected));
      if (fresh.length) steps.push(await this.saveNew(image, fresh));
    } catch (error) {
      this.giveBack(image, before);
      throw error;
    }
    if (corrected && this.store.get("draft") === corrected) this.core.put({ ...CLEARED(), selection: [corrected.of.id] });
    this.core.history.push({
      undo: async () => {
        for (const one of [...steps].reverse()) await one.undo();
        // Accepted again after changes, these are other objects than the ones taken back.
        if (this.core.isOpen(image)) this.core.put({ draft: keyed(before.draft), waiting: before.waiting.map(keyed) });
      },
      redo: async () => {
        for (const one of steps) await one.redo();
        if (this.core.isOpen(image)) this.core.put(CLEARED());
      },
    });
  }

  // Refused: what was drawn is there again, beside whatever was begun since.
  giveBack(image, before) {
    if (!this.core.isOpen(image)) return;
    const { draft, waiting } = this.store.values;
    if (draft === before.draft) return;
    const begun = isStarted(draft) ? { draft, waiting: [...waiting, ...before.waiting, before.draft] } : before;
    this.core.put(begun);
  }

  async saveNew(image, drafts) {
    const adds = await Promise.all(drafts.map((draft) => this.addOf(draft)));
    const reply = await this.outbox.send(image.id, adds);
    const masks = new Map(adds.map((add, i) => [add.client_id, drafts[i].mask]));
    if (reply) this.ledger.took(image.id, reply, masks);
    else this.core.say(new Error(UNSENT));
    const ids = adds.map((add) => add.client_id);
    return { undo: () => this.takeBack(image.id, ids), redo: () => this.bringBack(image.id, ids) };
  }

  async addOf(draft) {
    const proposed = draft.version !== null && draft.base && draft.base !== draft.mask ? await encodeMask(draft.base) : null;
    return {
      client_id: draft.key ?? newId(),
      category: draft.category ?? this.store.get("category"),
      mask: await encodeMask(draft.mask),
      proposed,
      prompts: draft.steps,
      version: draft.version,
      iou: draft.iou,
    };
  }

  // Objects by the id that this browser gave them, which they have also before they arrived.
  async takeBack(imageId, clientIds) {
    const there = clientIds.filter((id) => !this.outbox.has(id)).map((id) => this.ledger.byClient(id));
    for (const id of clientIds) await this.outbox.withdraw(id, true);
    if (there.length) await this.ledger.change(imageId, { remove: there });
  }

  async bringBack(imageId, clientIds) {
    const there = clientIds.filter((id) => !this.outbox.has(id)).map((id) => this.ledger.byClient(id));
    for (const id of clientIds) await this.outbox.withdraw(id, false);
    if (there.length) await this.ledger.change(imageId, { restore: there });
  }

  byClient(clientId) {
    return [...this.known.values()].find((one) => one.client_id === clientId);
  }

  async saveCorrection(draft) {
    const { id } = draft.of;
    const before = this.ledger.known.get(id);
    const proposal = draft.token && draft.base ? { version: draft.version, iou: draft.iou, proposed: await encodeMask(draft.base) } : {};
    const steps = draft.steps.length ? { prompts: draft.steps } : {};
    const values = { mask: await encodeMask(draft.mask), category: draft.category, ...steps, ...proposal };
    // The revision that was corrected, not the newest: someone else's change meanwhile is theirs to lose or keep.
    if (before.revision !== draft.of.revision) this.ledger.known.set(id, { ...before, revision: draft.of.revision });
    const write = (change, mask) => this.ledger.update(id, change, mask);
    if (!(await write(values, draft.mask))) return { undo: () => {}, redo: () => {} };
    const old = { mask: await encodeMask(before.mask), category: before.category };
    return { undo: () => write(old, before.mask), redo: () => write(values, draft.mask) };
  }

  async delivered({ image_id: imageId }, object, withdrawn) {
    const mask = await decodeMask(object.mask);
    this.ledger.known.set(object.id, { ...object, mask });
    if (!withdrawn) this.ledger.took(imageId, { added: [object], removed: [], restored: [] }, new Map([[object.client_id, mask]]));
    if (this.store.get("unsent").length === 0) this.core.hint("The server is back, and has everything you accepted.");
  }

  // What was accepted and has not arrived is listed too, and said to be unsent.
  async standIn() {
    const { image, unsent } = this.store.values;
    const mine = unsent.filter((entry) => entry.image_id === image?.id);
    const shown = await Promise.all(mine.map(async ({ add }) => ({ ...(await standInOf(add)), color: this.categories.colorOf(add.category), image_id: image.id })));
    if (this.store.get("unsent") === unsent && this.store.get("image")?.id === image?.id) this.store.set({ standIns: shown });
  }
}

async function standInOf(add) {
  return {
    id: `unsent-${add.client_id}`,
    client_id: add.client_id,
    category: add.category,
    version: add.version,
    iou: add.iou,
    mask: await decodeMask(add.mask),
    unsent: true,
  };
}
