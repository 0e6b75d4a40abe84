// Saying that the open image is done, or has nothing on it, and going on to the next one that is to do.

import { isStarted } from "../model/drafts.js";
import { imageTarget, isFinished, standing, stateOf } from "../model/marks.js";
import { ACCEPTED } from "../model/statuses.js";
import { patiently } from "../sync/marks_outbox.js";

/** @import { HistoryEntry, ImageEntry, ImageState, SaidState } from "../types.d.ts" */
/** @import { Core } from "./core.js" */
/** @import { Images } from "./images.js" */
/** @import { Marking } from "./marking.js" */

/** @typedef {Exclude<SaidState, "todo">} Finished */
/** Where to go on: an image, and whether it is to do. @typedef {{ id: string | null, unfinished: boolean }} Next */

/** @type {Readonly<Record<SaidState, (name: string) => string>>} */
const SAID = { done: (name) => `${name} is done`, nothing: (name) => `${name} has nothing on it`, todo: (name) => `${name} is not done` };
/** @type {Readonly<Record<ImageState, (name: string) => string>>} */
const AGAIN = {
  todo: (name) => `${name} is to do again.`,
  in_progress: (name) => `${name} is in progress again.`,
  done: (name) => `${name} is done, as before.`,
  nothing: (name) => `${name} has nothing on it, as before.`,
};

export class Finishing {
  /**
   * @param {Core} core
   * @param {{ images: Images, marking: Marking }} session
   */
  constructor(core, { images, marking }) {
    this.core = core;
    this.store = core.store;
    this.images = images;
    this.marking = marking;
    /** @type {{ id: string, entry: HistoryEntry } | null} */
    this.arrival = null; // the image that was gone on to, until it is left
    this.store.on(["image"], ({ image }) => image && this.leave(image.id));
  }

  /**
   * The open image is done, or has nothing on it; the next one that is to do is opened.
   * @param {Finished} said
   */
  finish(said) {
    const { image } = this.store.values;
    if (!image) return undefined;
    return this.core.inTurn(() => (this.core.isOpen(image) ? this.finished(image, said) : undefined));
  }

  /**
   * @param {ImageEntry} image
   * @param {Finished} said
   */
  async finished(image, said) {
    const refusal = this.refusal(said);
    if (refusal) return this.core.hint(refusal);
    const before = this.marking.shown(imageTarget(image)).state;
    const at = this.images.cursorOf(image.id); // what is said of it may move it in the list
    this.marking.say(imageTarget(image), { state: said });
    const told = await this.marking.outbox.delivered();
    const next = await this.next(image, at);
    const entry = this.entry(image, before, said, next.id);
    if (next.id) await this.images.open(next.id);
    if (!told) this.store.set({ notice: null }); // that the server did not answer is said with the rest
    this.announce(`${SAID[said](image.filename)}${this.left(told, next)}`, () => this.core.inTurn(() => entry.undo()));
    return undefined;
  }

  /**
   * Why the image cannot be said to be finished now; null where it can.
   * @param {Finished} said
   */
  refusal(said) {
    const { draft, waiting, boxes, polygon, objects, pendingObjects } = this.store.values;
    /** @param {string} id */
    const key = (id) => this.core.bindings.shown(id);
    if (isStarted(draft) || waiting.length || boxes.length || polygon) {
      return `What you have begun on this image is not accepted: ${key("accept")} accepts it, ${key("discard")} clears it. Then ${key(said)}.`;
    }
    const accepted = accepts(objects) + pendingObjects.length;
    if (said !== "nothing" || !accepted) return null;
    const there = accepted === 1 ? "There is an accepted object on this image." : `There are ${accepted} accepted objects on this image.`;
    return [there, `Delete what should not be there, or say that the image is done (${key("done")}).`].join(" ");
  }

  /**
   * Where to go on from an image that is finished: the next one that is to do, else the one that follows.
   * @param {ImageEntry} image
   * @param {string | undefined} at its place in the list
   * @returns {Promise<Next>}
   */
  async next({ id }, at) {
    const here = this.nextHere(id);
    const asked = this.core.transport.call("next_to_do", { query: this.store.get("query"), image_id: id, at });
    const reply = await patiently(asked.catch(() => null), null);
    const beside = reply ? reply.beside : (this.images.beside(id, 1) ?? null);
    // What was said here and is still on its way, the server does not know.
    const known = this.store.get("images").find((one) => one.id === reply?.next);
    const stale = !reply || (known && isFinished(standing(this.store.values, known)));
    const found = stale ? here : reply.next;
    return { id: found ?? beside, unfinished: found !== null };
  }

  /**
   * The next image to do in the part of the list that is shown; after its last one the first.
   * @param {string} id
   * @returns {string | null}
   */
  nextHere(id) {
    const { images } = this.store.values;
    const index = images.findIndex((one) => one.id === id);
    const others = [...images.slice(index + 1), ...images.slice(0, Math.max(0, index))];
    return others.find((one) => !isFinished(standing(this.store.values, one)))?.id ?? null;
  }

  /**
   * How many images are left, where the server was told and answered.
   * @param {boolean} told
   * @param {Next} next
   */
  left(told, { unfinished }) {
    const { left, persistent } = this.marking.outbox;
    if (this.store.get("marksConflict")) return ".";
    if (!told || left === null) return persistent ? "; kept in this browser until the server answers." : "; kept in this page until the server answers.";
    if (!left) return "; none left to do.";
    return unfinished ? `; ${left} left to do.` : `; ${left} left to do, none of them in this list.`;
  }

  /**
   * The step in the histories of both images: whoever takes it back is on the image that it was done on.
   * @param {ImageEntry} image
   * @param {SaidState} before
   * @param {Finished} said
   * @param {string | null} to
   * @returns {HistoryEntry}
   */
  entry(image, before, said, to) {
    const target = imageTarget(image);
    const histories = [image.id, ...(to && to !== image.id ? [to] : [])].map((id) => this.core.historyOf(id));
    /**
     * @param {SaidState} state
     * @param {SaidState} seen
     */
    const change = async (state, seen) => {
      for (const one of histories) one.done = one.done.filter((other) => other !== entry);
      this.marking.say(target, { state }, { seen: { ...image.marks, state: seen } });
      await this.marking.outbox.delivered();
      if (!this.core.isOpen(image)) await this.images.open(image.id);
    };
    const entry = {
      undo: async () => {
        await change(before, said);
        this.announce(AGAIN[stateOf(before, accepts(this.store.get("objects")))](image.filename));
      },
      redo: async () => {
        await change(said, before);
        this.announce(`${SAID[said](image.filename)}.`);
      },
    };
    for (const one of histories) one.push(entry);
    this.arrival = to ? { id: to, entry } : null;
    return entry;
  }

  /**
   * The image that was gone on to is left: when it is open again, taking back does not lead away from it.
   * @param {string} id the image that is open now
   */
  leave(id) {
    const { arrival } = this;
    if (!arrival || arrival.id === id) return;
    const history = this.core.historyOf(arrival.id);
    history.done = history.done.filter((one) => one !== arrival.entry);
    this.arrival = null;
  }

  /**
   * Say what was done; what the server said of objects that cannot be shown stays under it.
   * @param {string} text
   * @param {() => unknown} [undo]
   */
  announce(text, undo) {
    const { notice } = this.store.values;
    const action = undo ? { action: { label: "Undo", run: undo } } : {};
    if (notice?.kind === "error") this.store.set({ notice: { ...notice, text: `${text} ${notice.text}`, ...action } });
    else this.store.set({ notice: { kind: "hint", text, ...action } });
  }
}

/** @param {readonly { status: string }[]} objects */
function accepts(objects) {
  return objects.filter((one) => one.status === ACCEPTED).length;
}
