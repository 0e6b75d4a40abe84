// The rubber band: a rectangle drawn with the mouse over the cards, which scrolls the list at its edges.

import { closest, h } from "../../canvas/panels/dom.js";
import { blockOf } from "./layout.js";

/** @import { Grid } from "./grid.js" */
/** @import { Block } from "./ranges.js" */

const THRESHOLD = 5; // pixels until a press is a drag
const EDGE = 36; // pixels from an edge where the list begins to scroll
const SPEED = 0.35; // of the pixels beyond that, a frame

export class Band {
  /**
   * @param {Grid} grid
   * @param {{ begun: (event: PointerEvent) => void, drawn: (block: Block | null) => void, ended: (block: Block | null) => void, stopped: () => void }} told `stopped`: by Escape, as if it had not begun
   */
  constructor(grid, told) {
    this.grid = grid;
    this.told = told;
    this.element = h("div.ss-band", { "aria-hidden": "true" });
    /** @type {{ pointer: number, x: number, y: number } | null} */
    this.from = null; // where it begins, in the shelf's pixels
    this.at = { x: 0, y: 0 }; // where the mouse is, in the window's
    this.isDrawn = false;
    const { scroller } = grid;
    scroller.addEventListener("pointerdown", (event) => this.#press(event));
    scroller.addEventListener("pointermove", (event) => this.#move(event));
    scroller.addEventListener("pointerup", (event) => this.#release(event));
    scroller.addEventListener("lostpointercapture", () => this.stop());
    scroller.addEventListener("scroll", () => this.isDrawn && this.#draw());
  }

  /** End it as if it had not begun. */
  stop() {
    if (this.isDrawn) this.told.stopped();
    this.#clear();
  }

  /** @param {PointerEvent} event */
  #press(event) {
    const { scroller } = this.grid;
    const onScrollBar = event.clientX >= scroller.getBoundingClientRect().left + scroller.clientWidth + scroller.clientLeft;
    if (event.button !== 0 || event.pointerType === "touch" || onScrollBar || closest(event, "button:not([data-pick])")) return;
    this.from = { pointer: event.pointerId, ...this.#onShelf(event.clientX, event.clientY) };
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (!this.from || event.pointerId !== this.from.pointer) return;
    if (!event.buttons) return void this.#clear(); // it was let go outside
    this.at = { x: event.clientX, y: event.clientY };
    if (!this.isDrawn) {
      const { x, y } = this.#onShelf(event.clientX, event.clientY);
      if (Math.hypot(x - this.from.x, y - this.from.y) < THRESHOLD) return;
      this.isDrawn = true;
      this.grid.scroller.setPointerCapture(event.pointerId);
      this.grid.shelf.append(this.element);
      this.told.begun(event);
      requestAnimationFrame(() => this.#scroll());
    }
    this.#draw();
  }

  /** @param {PointerEvent} event */
  #release(event) {
    if (!this.from || event.pointerId !== this.from.pointer) return;
    const block = this.isDrawn ? this.#block() : null;
    const was = this.isDrawn;
    this.#clear();
    if (!was) return;
    // The click that follows is none on a card.
    const swallow = (/** @type {Event} */ click) => click.stopPropagation();
    window.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => window.removeEventListener("click", swallow, { capture: true }));
    this.told.ended(block);
  }

  #clear() {
    this.from = null;
    this.isDrawn = false;
    this.element.remove();
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  #onShelf(x, y) {
    const { left, top } = this.grid.shelf.getBoundingClientRect();
    return { x: x - left, y: y - top };
  }

  #corners() {
    const from = this.from ?? { x: 0, y: 0 };
    const to = this.#onShelf(this.at.x, this.at.y);
    return { left: Math.min(from.x, to.x), right: Math.max(from.x, to.x), top: Math.min(from.y, to.y), bottom: Math.max(from.y, to.y) };
  }

  #block() {
    return blockOf(this.grid.layout, this.grid.list.total, this.#corners());
  }

  #draw() {
    const { left, right, top, bottom } = this.#corners();
    const { style } = this.element;
    const { clientWidth, clientHeight } = this.grid.shelf;
    const [x, y] = [Math.max(0, left), Math.max(0, top)];
    style.translate = `${x}px ${y}px`;
    style.width = `${Math.max(0, Math.min(right, clientWidth) - x)}px`;
    style.height = `${Math.max(0, Math.min(bottom, clientHeight) - y)}px`;
    this.told.drawn(this.#block());
  }

  // As long as the mouse is near an edge, or beyond it.
  #scroll() {
    if (!this.isDrawn) return;
    const { top, bottom } = this.grid.scroller.getBoundingClientRect();
    const beyond = Math.max(0, this.at.y - (bottom - EDGE)) - Math.max(0, top + EDGE - this.at.y);
    if (beyond) this.grid.scroller.scrollTop += beyond * SPEED;
    requestAnimationFrame(() => this.#scroll());
  }
}
