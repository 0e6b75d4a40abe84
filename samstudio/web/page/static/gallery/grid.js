// The cards in view: drawn at their places in a list of any length, walked by the keys. The list itself has the focus; the
// card that the keys are at is its `aria-activedescendant`, so that a card that scrolls away takes no focus with it.

import { closest } from "../../canvas/panels/dom.js";
import { cardElement, cardId } from "./card.js";
import { GAP, cardsIn, heightOf, layoutOf, movedBy, placeOf, topFor } from "./layout.js";

/** @import { ImageList } from "./image_list.js" */
/** @import { Card } from "./types.d.ts" */

export class Grid {
  /**
   * @param {{ scroller: HTMLElement, shelf: HTMLElement, list: ImageList, size: number }} parts
   */
  constructor({ scroller, shelf, list, size }) {
    this.scroller = scroller;
    this.shelf = shelf;
    this.list = list;
    this.size = size;
    this.active = 0;
    this.top = 0; // where it was scrolled to: a hidden element forgets it
    this.layout = layoutOf(800, size);
    /** @type {Map<number, { card: Card | undefined, total: number, element: HTMLElement }>} */
    this.drawn = new Map();
    this.waiting = false;
    /** @type {(index: number, event: MouseEvent | KeyboardEvent, from: number) => void} */
    this.onMove = () => {};
    /** @type {(card: Card) => boolean} */
    this.isSelected = () => false;
    scroller.addEventListener("scroll", () => this.#scrolled());
    scroller.addEventListener("keydown", (event) => this.#key(event));
    new ResizeObserver(() => this.#resized()).observe(scroller);
  }

  get isVisible() {
    return this.scroller.clientWidth > 0;
  }

  /** @param {number} size */
  resize(size) {
    this.size = size;
    this.#resized(this.active);
  }

  /** The list has begun anew, at its top. */
  toTop() {
    this.active = 0;
    this.top = 0;
    this.scroller.scrollTop = 0;
    this.draw();
  }

  /** Draw before the next frame. */
  draw() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      if (this.isVisible && this.scroller.isConnected) this.#draw();
    });
  }

  /**
   * Go to a card.
   * @param {number} index
   */
  go(index) {
    this.active = Math.max(0, Math.min(index, this.list.total - 1));
    this.scroller.scrollTop = topFor(this.layout, this.active, this.#view());
    this.draw();
  }

  /**
   * The number of the card that an event is on; null elsewhere.
   * @param {Event} event
   */
  indexOf(event) {
    const element = closest(event, "[data-index]");
    return element ? Number(element.dataset.index) : null;
  }

  #view() {
    const { scrollTop, clientHeight } = this.scroller;
    return { top: scrollTop, height: clientHeight };
  }

  #scrolled() {
    if (!this.isVisible) return;
    this.top = this.scroller.scrollTop;
    this.draw();
  }

  // Where the width changes, what was at the top stays there, or the active card where it was in view.
  #resized(kept = this.#firstInView()) {
    if (!this.isVisible) return;
    const before = this.layout;
    this.layout = layoutOf(this.shelf.clientWidth, this.size);
    this.shelf.style.height = `${heightOf(this.layout, this.list.total)}px`;
    const same = before.columns === this.layout.columns && before.height === this.layout.height;
    this.scroller.scrollTop = same ? this.top : placeOf(this.layout, kept).y;
    this.draw();
  }

  #firstInView() {
    return Math.max(0, Math.floor(this.top / (this.layout.height + GAP)) * this.layout.columns);
  }

  #draw() {
    const { total } = this.list;
    this.active = Math.max(0, Math.min(this.active, total - 1));
    this.shelf.style.height = `${heightOf(this.layout, total)}px`;
    const { first, end } = cardsIn(this.layout, total, this.#view());
    for (const [index, { element }] of this.drawn) {
      if (index >= first && index < end) continue;
      element.remove();
      this.drawn.delete(index);
    }
    for (let index = first; index < end; index++) this.#drawCard(index);
    this.scroller.setAttribute("aria-activedescendant", total ? cardId(this.active) : "");
    this.list.need(first, end);
  }

  /** @param {number} index */
  #drawCard(index) {
    const card = this.list.at(index);
    const { total } = this.list;
    let one = this.drawn.get(index);
    if (!one || one.total !== total || !isSame(one.card, card)) {
      const element = cardElement(index, card, total);
      if (one) one.element.replaceWith(element);
      else this.shelf.append(element);
      this.drawn.set(index, (one = { card, total, element }));
    }
    const { x, y } = placeOf(this.layout, index);
    const { style } = one.element;
    style.translate = `${x}px ${y}px`;
    style.width = `${this.layout.width}px`;
    style.height = `${this.layout.height}px`;
    one.element.classList.toggle("ss-active", index === this.active);
    const selected = card !== undefined && this.isSelected(card);
    one.element.classList.toggle("ss-selected", selected);
    one.element.setAttribute("aria-selected", String(selected));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target !== this.scroller) return;
    const rows = Math.max(1, Math.floor(this.scroller.clientHeight / (this.layout.height + GAP)));
    const to = movedBy(event.key, this.active, { columns: this.layout.columns, rows, total: this.list.total });
    if (to === null) return;
    event.preventDefault();
    const from = this.active;
    this.go(to);
    this.onMove(this.active, event, from);
  }
}

/**
 * Whether a card would be drawn alike; its place in the order may have changed.
 * @param {Card | undefined} one
 * @param {Card | undefined} other
 */
function isSame(one, other) {
  return one === other || (one !== undefined && other !== undefined && one.id === other.id && one.changed === other.changed && one.trashed === other.trashed);
}
