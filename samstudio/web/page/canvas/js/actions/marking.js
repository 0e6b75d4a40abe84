// Saying something of images and objects: that they need a second look, a note, where an image stands.

import { imageTarget, keyOf, objectTarget } from "../model/marks.js";

/** @import { ImageMarks, MarkTarget } from "../types.d.ts" */
/** @import { Core } from "./core.js" */
/** @import { MarksOutbox } from "../sync/marks_outbox.js" */
/** @import { ObjectStore } from "../sync/object_store.js" */

/** @type {ImageMarks} */
const NOTHING_SAID = { state: "todo", note: "", flagged: false };

export class Marking {
  /**
   * @param {Core} core
   * @param {{ marksOutbox: MarksOutbox, objectStore: ObjectStore }} session
   */
  constructor(core, { marksOutbox, objectStore }) {
    this.core = core;
    this.store = core.store;
    this.outbox = marksOutbox;
    this.objectStore = objectStore;
  }

  /** The selected objects need a second look, or do not any more; where none is selected, the image. */
  toggleFlag() {
    const { objects, selection } = this.store.values;
    const chosen = objects.filter((one) => selection.includes(one.id));
    return chosen.length ? this.toggle(chosen.map(objectTarget)) : this.toggleImageFlag();
  }

  toggleImageFlag() {
    const { image } = this.store.values;
    return image ? this.toggle([imageTarget(image)]) : undefined;
  }

  /** @param {readonly MarkTarget[]} targets */
  toggle(targets) {
    const flagged = !targets.every((one) => this.shown(one).flagged);
    const what = targets.length === 1 ? targets[0].name : `${targets.length} objects`;
    const one = flagged ? `${what} needs a second look.` : `${what} needs no second look.`;
    const many = flagged ? `${what} need a second look.` : `${what} need no second look.`;
    this.core.hint(targets.length === 1 ? one : many);
    return this.change(targets, { flagged });
  }

  /**
   * Say the same of images or objects, in one step of the open image's history.
   * @param {readonly MarkTarget[]} targets
   * @param {Partial<ImageMarks>} values
   */
  change(targets, values) {
    const before = targets.map((target) => this.before(target, values));
    for (const target of targets) this.say(target, values);
    this.core.history.push({
      undo: () => this.sayAll(targets, (i) => before[i]),
      redo: () => this.sayAll(targets, () => values),
    });
    return this.core.inTurn(() => this.outbox.delivered());
  }

  /**
   * @param {readonly MarkTarget[]} targets
   * @param {(index: number) => Partial<ImageMarks>} values
   */
  async sayAll(targets, values) {
    targets.forEach((target, i) => this.say(target, values(i)));
    await this.outbox.delivered();
  }

  /**
   * A note is being written; it is kept here with every letter, and sent when it is `written`.
   * @param {MarkTarget} target
   * @param {string} note
   */
  write(target, note) {
    this.say(target, { note }, { typing: true });
  }

  /**
   * @param {MarkTarget} target
   * @param {string} before what the note was when it was begun
   */
  written(target, before) {
    this.outbox.typed(target);
    const { note } = this.shown(target);
    if (note === before) return undefined;
    this.core.historyOf(target.image_id).push({
      undo: () => this.sayAll([target], () => ({ note: before })),
      redo: () => this.sayAll([target], () => ({ note })),
    });
    return this.core.inTurn(() => this.outbox.delivered());
  }

  /**
   * Say something, over what the server is known to say: `seen` where this page does not know it any more.
   * @param {MarkTarget} target
   * @param {Partial<ImageMarks>} values
   * @param {{ typing?: boolean, seen?: ImageMarks }} [how]
   */
  say(target, values, { typing = false, seen = NOTHING_SAID } = {}) {
    this.outbox.set(target, values, this.known(target) ?? seen, { typing });
  }

  /**
   * What is said of an image or an object, with what is on its way.
   * @param {MarkTarget} target
   * @returns {ImageMarks}
   */
  shown(target) {
    return { ...NOTHING_SAID, ...this.known(target), ...this.outbox.entries.get(keyOf(target))?.values };
  }

  /**
   * @param {MarkTarget} target
   * @param {Partial<ImageMarks>} values
   * @returns {Partial<ImageMarks>}
   */
  before(target, values) {
    return Object.fromEntries(Object.entries(this.shown(target)).filter(([name]) => name in values));
  }

  /**
   * What the server says of an image or an object, as far as this page has seen it.
   * @param {MarkTarget} target
   */
  known({ image_id: id, object_id: object }) {
    if (object !== null) return this.objectStore.known.get(object)?.marks;
    const { image, images } = this.store.values;
    return (image?.id === id ? image : images.find((one) => one.id === id))?.marks;
  }
}
