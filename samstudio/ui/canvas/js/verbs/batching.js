// Several boxes at once: collected one by one, decoded as one batch, accepted together.

import { answered, emptyDraft, promptOf } from "../model/drafts.js";
import { keyed } from "../model/ids.js";
import { decodeMask } from "../model/masks.js";

export class Batching {
  constructor(core) {
    this.core = core;
    this.store = core.store;
    this.transport = core.transport;
  }

  /** One more box of the batch; nothing is asked yet. */
  collect(box) {
    this.store.set({ notice: null, preview: null, selection: [] });
    this.core.step({ boxes: [...this.store.get("boxes"), box] });
  }

  clear() {
    if (this.store.get("boxes").length) this.core.step({ boxes: [] });
  }

  /** Ask for the masks of all collected boxes; they wait beside the draft to be accepted together. */
  async ask() {
    const boxes = this.store.get("boxes");
    const image = this.store.get("image");
    if (!boxes.length || this.store.get("thinking")) return;
    this.store.set({ thinking: true });
    try {
      const request = { image_id: image.id, boxes };
      const reply = await this.transport.latest("predict", "predict_boxes", request, decoded);
      if (!reply || !this.core.isOpen(image)) return;
      const drafts = boxes.map((box, i) => finished({ ...keyed(emptyDraft()), box }, reply.answers[i], reply.version));
      const found = drafts.filter((draft) => draft.mask);
      this.show(found, boxes.length - found.length);
    } catch (error) {
      this.store.set({ thinking: false });
      this.core.say(error);
    }
  }

  show(found, missed) {
    const draft = this.store.get("draft");
    const waiting = [...this.store.get("waiting"), ...(draft.mask ? [draft] : []), ...found];
    this.core.step({ boxes: [], waiting: waiting.slice(0, -1), draft: waiting.at(-1) ?? emptyDraft() });
    if (missed) this.core.hint(`In ${missed} of the boxes nothing was found; they were left out.`);
  }

  /** Make the next waiting draft the active one, to correct it. */
  next() {
    const { draft, waiting } = this.store.values;
    if (waiting.length) this.core.step({ draft: waiting[0], waiting: [...waiting.slice(1), draft] });
  }
}

function finished(draft, answer, version) {
  return answered(draft, { ...answer, version, candidates: [], candidate: 0, steps: [promptOf(draft)] });
}

async function decoded(reply) {
  const answers = await Promise.all(reply.answers.map(async (one) => ({ ...one, mask: await decodeMask(one.mask) })));
  return { ...reply, answers };
}
