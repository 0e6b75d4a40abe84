// Deleting images into the trash, and taking them out of it; each can be undone.

/** @import { Message } from "./message.js" */
/** @import { Call, Card } from "./types.d.ts" */

export class Trash {
  /**
   * @param {Call} call
   * @param {Message} message
   * @param {() => Promise<void>} changed called when images have moved
   */
  constructor(call, message, changed) {
    this.call = call;
    this.message = message;
    this.changed = changed;
  }

  /** @param {readonly Card[]} cards */
  discard(cards) {
    const [one] = cards;
    const text = cards.length === 1 ? `${one.filename} was moved to the trash, with its masks.` : `${cards.length} images were moved to the trash, with their masks.`;
    return this.#move(cards, "trash", text);
  }

  /** @param {readonly Card[]} cards */
  restore(cards) {
    const [one] = cards;
    const text = cards.length === 1 ? `${one.filename} was restored, with its masks.` : `${cards.length} images were restored, with their masks.`;
    return this.#move(cards, "dataset", text);
  }

  /**
   * @param {readonly Card[]} cards
   * @param {"trash" | "dataset"} to
   * @param {string} text
   */
  async #move(cards, to, text) {
    if (!cards.length) return;
    try {
      const { moved } = await this.call("move_images", { ids: cards.map(({ id }) => id), to });
      const back = cards.filter(({ id }) => moved.includes(id));
      await this.changed();
      this.message.done(text, () => (to === "trash" ? this.restore(back) : this.discard(back)));
    } catch (error) {
      this.message.failed(error);
    }
  }
}
