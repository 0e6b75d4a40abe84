// Boxes and clicks on the picture, and the masks that answer them.

import { emptyDraft, hasPrompt, promptOf } from "../model/state.js";
import { decodeMask } from "../model/masks.js";

export class Prompting {
  constructor(core) {
    this.core = core;
    this.store = core.store;
    this.transport = core.transport;
    this.timing = null; // of the last answer, in milliseconds
  }

  box(box) {
    this.ask({ ...emptyDraft(), box }, null);
  }

  click([x, y], label) {
    const draft = this.store.get("draft");
    if (!label && !hasPrompt(draft)) {
      const text = "Start with a box or a left click on the object; right clicks then take away what is too much.";
      this.store.set({ notice: { kind: "hint", text } });
      return;
    }
    if (draft.points.some((p) => p.x === x && p.y === y && p.label === label)) return;
    const points = Object.freeze([...draft.points, { x, y, label }]);
    this.ask({ ...draft, points }, draft.token ? { token: draft.token, steps: draft.steps } : null);
  }

  ask(wanted, previous) {
    const before = this.store.get("draft");
    const entry = { before, after: wanted, previous };
    entry.undo = () => this.core.putDraft(entry.before);
    entry.redo = () => (entry.after.mask ? this.core.putDraft(entry.after) : this.send(entry));
    this.core.history.push(entry);
    this.store.set({ selected: null, notice: null });
    return this.send(entry);
  }

  async send(entry) {
    const { after } = entry;
    const started = performance.now();
    this.store.set({ draft: Object.freeze({ ...after }), thinking: true });
    try {
      const request = { image_id: this.store.get("image").id, prompt: promptOf(after), previous: entry.previous };
      const reply = await this.transport.latest("predict", "predict", request, decoded);
      if (!reply) return;
      entry.after = Object.freeze({
        ...after,
        mask: reply.mask,
        iou: reply.iou,
        version: reply.version,
        token: reply.token,
        steps: [...(entry.previous?.steps ?? []), promptOf(after)],
      });
      const empty = entry.after.mask ? null : { kind: "hint", text: "Nothing found there. Draw a box, or add a left click." };
      this.store.set({ draft: entry.after, thinking: false, ready: true, notice: empty });
      this.timing = { server: reply.ms, total: performance.now() - started };
    } catch (error) {
      this.drop(entry);
      this.core.say(error);
    }
  }

  // A prompt that the server refused never happened.
  drop(entry) {
    const { done } = this.core.history;
    if (done[done.length - 1] === entry) done.pop();
    this.core.putDraft(entry.before);
  }

  discard() {
    const draft = this.store.get("draft");
    this.store.set({ selected: null, notice: null });
    if (!hasPrompt(draft)) return;
    const none = emptyDraft();
    this.core.history.push({ undo: () => this.core.putDraft(draft), redo: () => this.core.putDraft(none) });
    this.core.putDraft(none);
  }
}

async function decoded(reply) {
  return { ...reply, mask: await decodeMask(reply.mask) };
}
