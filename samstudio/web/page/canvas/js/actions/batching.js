// Several boxes at once: collected one by one, decoded as one batch, accepted together.

import { answered, emptyDraft, promptOf } from "../model/drafts.js";
import { keyed } from "../model/ids.js";
import { decodeMask } from "../model/masks/mask.js";
import { isLost } from "../sync/transport.js";
import { correctionOpen } from "./hints.js";

/** @import { Box, Calls, Draft, Mask } from "../types.d.ts" */
/** @import { Core } from "./core.js" */

export class Batching {
  /** @param {Core} core */
  constructor(core) {
    this.core = core;
    this.store = core.store;
    this.transport = core.transport;
    /** @type {readonly Box[] | null} */
    this.unanswered = null; // the boxes of a round that a lost connection left without an answer
    this.due = false; // Shift was let go while a box was still being drawn
    this.store.on(["drag"], ({ drag }) => {
      this.due &&= drag !== null;
    });
  }

  /**
   * One more box of the batch; nothing is asked yet.
   * @param {Box} box
   */
  collect(box) {
    if (this.store.get("draft").of) return this.core.hint(correctionOpen(this.core.bindings));
    this.store.set({ notice: null, preview: null, selection: [] });
    this.core.step({ boxes: [...this.store.get("boxes"), box] });
    return this.due ? this.ask() : null;
  }

  /** Shift, held to draw the boxes, was let go: they are asked for, when the last one is drawn to its end. */
  letGo() {
    const { boxes, drag, many } = this.store.values;
    if (many) return null;
    this.due = drag !== null;
    return boxes.length && !drag ? this.ask() : null;
  }

  clear() {
    if (!this.store.get("boxes").length) return;
    this.transport.forget("predict");
    this.store.set({ thinking: false });
    this.core.step({ boxes: [] });
  }

  /** Ask for the masks of all collected boxes; they wait beside the draft to be accepted together. */
  ask() {
    const before = this.core.answering;
    this.core.answering = before.then(() => this.round());
    return this.core.answering;
  }

  async round() {
    const { boxes, image } = this.store.values;
    if (!boxes.length || !image) return;
    this.store.set({ thinking: true });
    try {
      const request = { image_id: image.id, boxes };
      const reply = await this.transport.latest("predict", "predict_boxes", request, decoded);
      if (reply && this.core.isOpen(image)) this.show(boxes, reply);
    } catch (error) {
      this.store.set({ thinking: false, stalled: isLost(error) });
      this.unanswered = isLost(error) ? boxes : null;
      this.core.say(error);
    }
  }

  /** Ask once more for the boxes that a lost connection left unanswered. */
  resume() {
    const { boxes, thinking } = this.store.values;
    if (!boxes.length || boxes !== this.unanswered || thinking) return null;
    this.unanswered = null;
    this.store.set({ stalled: false });
    return this.ask();
  }

  /**
   * Boxes taken back meanwhile stay away; boxes drawn meanwhile stay to be asked for.
   * @param {readonly Box[]} asked
   * @param {Awaited<ReturnType<typeof decoded>>} reply
   */
  show(asked, reply) {
    const { boxes, draft, waiting } = this.store.values;
    const answers = asked.map((box, i) => finished({ ...keyed(emptyDraft()), box }, reply.answers[i], reply.version));
    const wanted = answers.filter((_, i) => boxes.includes(asked[i]));
    const found = wanted.filter((one) => one.mask);
    const all = [...waiting, ...(draft.mask && !draft.of ? [draft] : []), ...found];
    const active = draft.of ? draft : (all.pop() ?? emptyDraft());
    this.core.step({ boxes: boxes.filter((box) => !asked.includes(box)), waiting: all, draft: active });
    const missed = wanted.length - found.length;
    if (missed) this.core.hint(`In ${missed} of the boxes nothing was found; they were left out.`);
  }

  /** Make the next waiting draft the active one, to correct it. */
  async next() {
    await this.core.answering;
    const { draft, waiting } = this.store.values;
    if (!waiting.length) return this.core.hint("There is only one mask; several boxes (Shift+drag) give several.");
    if (draft.of) return this.core.hint(correctionOpen(this.core.bindings));
    return this.core.step({ draft: waiting[0], waiting: draft.mask ? [...waiting.slice(1), draft] : waiting.slice(1) });
  }

  /** Drop the active draft alone; the next of those that wait takes its place. */
  drop() {
    const { waiting } = this.store.values;
    this.core.step({ draft: waiting[0] ?? emptyDraft(), waiting: waiting.slice(1) });
  }
}

/**
 * @param {Draft} draft
 * @param {{ mask: Mask | null, iou: number, token: string | null }} answer
 * @param {number} version
 */
function finished(draft, answer, version) {
  return answered(draft, { ...answer, version, candidates: [], candidate: 0, steps: [promptOf(draft)] });
}

/** @param {Calls["predict_boxes"]["reply"]} reply */
async function decoded(reply) {
  const answers = await Promise.all(reply.answers.map(async (one) => ({ ...one, mask: await decodeMask(one.mask) })));
  return { ...reply, answers };
}
