// Boxes and clicks on the picture, and the masks that answer them.

import { answered, emptyDraft, isAnswered, isStarted, promptOf, withCandidate } from "../model/drafts.js";
import { keyed } from "../model/ids.js";
import { boxRound, byHand, decoded, previous, refinedBy, stepOf } from "./refining.js";
import { isLost } from "../sync/transport.js";

/** @import { Box, Draft, Point } from "../types.d.ts" */
/** @import { Core } from "./core.js" */
/** @import { Marks } from "./refining.js" */

const START = "Start with a box or a left click on the object; right clicks then take away what is too much.";
const BUSY = "One moment: the masks of your boxes are on their way.";
const NOTHING = "Nothing found there. Draw a box, or add a left click.";

/**
 * A prompt in the history: the draft `after` it, with the answer once that is there (`done`), built on `refined`.
 * @typedef {{ after: Draft, refined: Draft | null, done: boolean, undo: () => void, redo: () => unknown }} Entry
 */

export class Prompting {
  /** @param {Core} core */
  constructor(core) {
    this.core = core;
    this.store = core.store;
    this.transport = core.transport;
    /** @type {Entry | null} */
    this.unanswered = null; // what a lost connection left without an answer
    /** @type {{ server: Readonly<Record<string, number>>, total: number, marks: Marks } | null} */
    this.timing = null; // of the last answer, in milliseconds
  }

  /**
   * A new object from a box; while an accepted object is corrected, a new box for that one.
   * Beside masks of a batch that wait, the object drawn so far waits too.
   * @param {Box} box
   */
  box(box) {
    const { draft, waiting, boxes, thinking } = this.store.values;
    if (boxes.length && thinking) return this.core.hint(BUSY);
    if (draft.of) return this.ask({ ...draft, box, points: Object.freeze([]) }, null);
    const beside = waiting.length && draft.mask ? [...waiting, draft] : waiting;
    return this.ask({ ...keyed(emptyDraft()), box }, null, beside);
  }

  /**
   * The box of the draft, resized or moved: its points stay, the logits of the old box do not.
   * @param {Box} box
   */
  reshape(box) {
    this.ask({ ...this.store.get("draft"), box }, null);
  }

  /**
   * @param {Point} pixel
   * @param {number} label
   */
  click([x, y], label) {
    const { draft, boxes, thinking } = this.store.values;
    if (boxes.length && thinking) return this.core.hint(BUSY);
    if (!label && !isStarted(draft)) return this.core.hint(START);
    if (draft.points.some((p) => p.x === x && p.y === y && p.label === label)) return null;
    const points = Object.freeze([...draft.points, { x, y, label }]);
    const begun = draft.key || draft.of ? draft : keyed(draft);
    // A click made before the one before it was answered builds on what that one built on.
    const refined = draft.token || byHand(draft) ? draft : refinedBy(draft);
    return this.ask({ ...begun, points, box: byHand(draft) && draft.mask ? boxRound(draft.mask, label ? [x, y] : null) : draft.box }, refined);
  }

  /**
   * @param {Draft} wanted
   * @param {Draft | null} refined
   * @param {readonly Draft[]} [waiting]
   */
  ask(wanted, refined, waiting = this.store.get("waiting")) {
    const { draft: before, waiting: waited } = this.store.values;
    const undo = () => this.core.put({ draft: before, waiting: waited });
    const redo = () => {
      this.core.put({ draft: entry.after, waiting });
      return entry.done ? null : this.send(entry);
    };
    /** @type {Entry} */
    const entry = { after: Object.freeze(wanted), refined, done: false, undo, redo };
    this.core.history.push(entry);
    this.store.set({ selection: wanted.of ? [wanted.of.id] : [], waiting, notice: null, preview: null });
    return this.send(entry);
  }

  /** @param {Entry} entry */
  send(entry) {
    this.core.answering = this.exchange(entry);
    return this.core.answering;
  }

  /** @param {Entry} entry */
  async exchange(entry) {
    const image = this.store.get("image");
    if (!image) return;
    /** @type {Marks} */
    const marks = { sent: performance.now() };
    this.store.set({ draft: entry.after, thinking: true, stalled: false });
    try {
      const request = { image_id: image.id, prompt: promptOf(entry.after), previous: await previous(entry.refined) };
      const reply = await this.transport.latest("predict", "predict", request, (raw) => decoded(raw, marks));
      if (!reply) return;
      entry.after = answered({ ...entry.after, seed: request.previous?.mask ?? null }, { ...reply, steps: [...(entry.refined?.steps ?? []), stepOf(entry.after, request.previous)] });
      entry.done = true;
      this.store.set({ draft: entry.after, thinking: false, ready: true, notice: entry.after.mask ? null : { kind: "hint", text: NOTHING } });
      const shown = (marks.shown = performance.now());
      this.timing = { server: reply.ms, total: shown - marks.sent, marks };
    } catch (error) {
      if (isLost(error)) this.stall(entry);
      else this.drop(entry);
      this.core.say(error);
    }
  }

  /**
   * The server could not be reached: what was drawn stays, and is asked again when it is back.
   * @param {Entry} entry
   */
  stall(entry) {
    this.unanswered = entry;
    this.store.set({ thinking: false, stalled: true });
  }

  /** Ask what was never answered: after a lost connection, a reload, or an undo back to it. */
  resume() {
    const { draft, thinking } = this.store.values;
    if (thinking || isAnswered(draft)) return null;
    const undo = () => this.core.put({ draft });
    /** @type {Entry} */
    const anew = { after: draft, refined: refinedBy(draft), done: false, undo, redo: undo };
    return this.send(this.unanswered?.after === draft ? this.unanswered : anew);
  }

  /**
   * A prompt that the server refused never happened.
   * @param {Entry} entry
   */
  drop(entry) {
    const { done } = this.core.history;
    if (done[done.length - 1] === entry) done.pop();
    entry.undo();
  }

  /** The next of the masks that an ambiguous click allows. */
  async nextCandidate() {
    await this.core.answering;
    const draft = this.store.get("draft");
    if (draft.candidates.length < 2) return this.core.hint("There is one mask for this prompt; a first click alone has three.");
    const index = (draft.candidate + 1) % draft.candidates.length;
    return this.core.step({ draft: withCandidate(draft, index) });
  }

  discard() {
    const empty = { draft: emptyDraft(), waiting: [] };
    this.store.set({ notice: null });
    if (isStarted(this.store.get("draft")) || this.store.get("waiting").length) this.core.step(empty);
    else this.store.set({ selection: [] });
  }
}
