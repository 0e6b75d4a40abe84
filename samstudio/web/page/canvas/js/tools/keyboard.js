// Drawing without a mouse: a cursor on the picture that the arrow keys move, and keys that do
// what the buttons do. It speaks to the same tools as the mouse.

import { toScreen } from "../model/view.js";

const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const FAR = 20;

export class KeyboardCursor {
  /** `actions`: cursor(point|null), say(text), on(bool), reveal(x, y) of an image point. */
  constructor({ scene, actions, tools }) {
    Object.assign(this, { scene, actions, tools });
    this.place = null; // the pixel under the cursor; null when off
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

  get point() {
    const [x, y] = toScreen(this.scene().view, this.place[0] + 0.5, this.place[1] + 0.5);
    return { x, y };
  }

  show() {
    if (this.on) this.actions.reveal(...this.place);
    this.actions.cursor(this.on ? this.point : null);
    this.tool?.hover?.(this.on ? this.point : null);
    if (this.on) this.actions.say(`${this.place[0]}, ${this.place[1]}`);
  }

  /** Take a key event; whether it was one of ours. */
  key(event) {
    if (!this.on || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (MOVES[event.key]) this.move(MOVES[event.key], event.shiftKey ? FAR : 1);
    else if (event.key === " ") this.click(event.shiftKey);
    else if (event.key.toLowerCase() === "b" && this.tool?.drags) this.hold();
    else return false;
    return true;
  }

  move([dx, dy], far) {
    const { image } = this.scene();
    const [x, y] = this.place;
    this.place = [clamp(x + dx * far, image.width), clamp(y + dy * far, image.height)];
    this.show();
    if (!this.held) return;
    Object.assign(this.held, { point: this.point, last: this.point, moved: true });
    this.tool.move({ ...this.held, path: [this.point] });
  }

  click(negative) {
    const gesture = this.gesture(negative);
    if (this.tool?.down(gesture) !== false) this.tool?.up(gesture);
  }

  // The first press sets one corner, the second the other.
  hold() {
    if (this.held) {
      const gesture = this.held;
      this.held = null;
      this.tool.up({ ...gesture, point: this.point });
    } else {
      const gesture = this.gesture(false);
      if (this.tool?.down(gesture) !== false) this.held = gesture;
    }
  }

  gesture(negative) {
    const { point } = this;
    return { start: point, point, last: point, moved: false, negative, more: false };
  }
}

function clamp(value, size) {
  return Math.max(0, Math.min(size - 1, value));
}
