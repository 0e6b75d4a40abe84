// Drawing without a mouse: a cursor on the picture that the arrow keys move, and keys that do
// what the buttons do. It speaks to the same tools as the mouse.

import { toScreen } from "../model/view.js";

/** @import { Gesture, Looking, Place, Point, Scene, ToolInHand } from "../types.d.ts" */

/**
 * What it does to the page: shows where it is, moves the view to it, tells that it is on or off, and reads out.
 * @typedef {{
 *   cursor: (place: Place | null) => void, reveal: Looking["reveal"], on: (on: boolean) => void, say: (text: string) => void,
 * }} Actions
 */

/** @type {Record<string, Point>} */
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const FAR = 20;

export class KeyboardCursor {
  /** @param {{ scene: () => Scene, actions: Actions, tools: Partial<Record<string, ToolInHand>> }} parts */
  constructor({ scene, actions, tools }) {
    this.scene = scene;
    this.actions = actions;
    this.tools = tools;
    /** @type {Point | null} */
    this.place = null; // the pixel under the cursor; null when off
    /** @type {Gesture | null} */
    this.held = null; // the gesture of a held key
  }

  get on() {
    return this.place !== null;
  }

  toggle() {
    const { image } = this.scene();
    if (!image) return;
    this.release();
    this.place = this.on ? null : [Math.floor(image.width / 2), Math.floor(image.height / 2)];
    this.actions.on(this.on);
    this.show();
  }

  release() {
    if (this.held) this.tool?.cancel();
    this.held = null;
  }

  get tool() {
    return this.tools[this.scene().tool];
  }

  /** The middle of the pixel under the cursor, on the stage. */
  get point() {
    const { view } = this.scene();
    if (!this.place || !view) return null;
    const [x, y] = toScreen(view, this.place[0] + 0.5, this.place[1] + 0.5);
    return { x, y };
  }

  show() {
    if (this.place) this.actions.reveal(...this.place);
    this.actions.cursor(this.point);
    this.tool?.hover?.(this.point);
    if (this.place) this.actions.say(this.place.join(", "));
  }

  /**
   * Take a key event; whether it was one of ours.
   * @param {KeyboardEvent} event
   */
  key(event) {
    if (!this.on || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (MOVES[event.key]) this.move(MOVES[event.key], event.shiftKey ? FAR : 1);
    else if (event.key === " ") this.click(event.shiftKey);
    else if (event.key.toLowerCase() === "b" && this.tool?.drags) this.hold();
    else return false;
    return true;
  }

  /**
   * @param {Point} way
   * @param {number} far
   */
  move([dx, dy], far) {
    const { image } = this.scene();
    if (!image || !this.place) return;
    const [x, y] = this.place;
    this.place = [clamp(x + dx * far, image.width), clamp(y + dy * far, image.height)];
    this.show();
    const { point } = this;
    if (!this.held || !point) return;
    Object.assign(this.held, { point, last: point, moved: true });
    this.tool?.move({ ...this.held, path: [point] });
  }

  /** @param {boolean} negative */
  click(negative) {
    const gesture = this.gesture(negative);
    if (gesture && this.tool?.down(gesture) !== false) this.tool?.up(gesture);
  }

  // The first press sets one corner, the second the other.
  hold() {
    const { held, point } = this;
    if (held && point) {
      this.held = null;
      this.tool?.up({ ...held, point });
    } else {
      const gesture = this.gesture(false);
      if (gesture && this.tool?.down(gesture) !== false) this.held = gesture;
    }
  }

  /**
   * @param {boolean} negative
   * @returns {Gesture | null}
   */
  gesture(negative) {
    const { point } = this;
    return point && { start: point, point, last: point, moved: false, negative, more: false };
  }
}

/**
 * @param {number} value
 * @param {number} size
 */
function clamp(value, size) {
  return Math.max(0, Math.min(size - 1, value));
}
