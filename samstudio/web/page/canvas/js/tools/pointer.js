// The mouse, the pen and fingers: turns pointer events into gestures of the chosen tool.
// Moving and zooming the picture works with every tool and is done here.
//
// What a tool hears: see `ToolInHand` and `Gesture` in types.d.ts. No drawing and no server here.

/** @import { Gesture, Looking, Place, Scene, ToolInHand } from "../types.d.ts" */

/** @typedef {{ cursor: (place: Place | null) => void, pan: Looking["pan"], zoom: Looking["zoom"] }} Actions */
/** @typedef {{ kind: "pinch", middle: Place, distance: number, point: Place }} Pinch Two fingers. */

const CLICK_SLOP = 4; // CSS pixels a trembling hand may move during a click
const LONG_PRESS = 550; // milliseconds after which a resting finger means what a right click means

export class Pointer {
  /**
   * @param {HTMLElement} stage
   * @param {{ scene: () => Scene, actions: Actions, tools: Partial<Record<string, ToolInHand>> }} parts
   */
  constructor(stage, { scene, actions, tools }) {
    this.stage = stage;
    this.scene = scene;
    this.actions = actions;
    this.tools = tools;
    /** @type {Gesture | Pinch | null} */
    this.gesture = null;
    /** @type {Map<number, Place>} */
    this.fingers = new Map();
    this.space = false;
    this.more = false; // Shift is held
    this.penned = false; // a pen draws here: fingers only move the picture
    stage.addEventListener("pointerdown", (e) => this.down(e));
    stage.addEventListener("pointermove", (e) => this.move(e));
    stage.addEventListener("pointerup", (e) => this.up(e));
    stage.addEventListener("pointercancel", (e) => this.lost(e));
    stage.addEventListener("pointerleave", () => this.hover(null));
    stage.addEventListener("contextmenu", (e) => e.preventDefault());
    stage.addEventListener("dblclick", (e) => this.tool?.twice?.(this.at(e)));
    for (const type of /** @type {const} */ (["keydown", "keyup"])) document.addEventListener(type, (e) => this.shift(e));
    stage.addEventListener("wheel", (e) => this.wheel(e), { passive: false });
  }

  get tool() {
    return this.tools[this.scene().tool];
  }

  /**
   * @param {MouseEvent} event
   * @returns {Place}
   */
  at(event) {
    const rect = this.stage.getBoundingClientRect();
    return { x: event.clientX - rect.left, y: event.clientY - rect.top };
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (!this.scene().image) return;
    this.stage.focus({ preventScroll: true });
    if (event.pointerType === "touch") this.fingers.set(event.pointerId, this.at(event));
    if (this.fingers.size === 2) return this.pinch();
    if (this.gesture || this.fingers.size > 2) return;
    this.penned ||= event.pointerType === "pen";
    const gesture = this.begin(event);
    if (!gesture) return;
    event.preventDefault();
    this.stage.setPointerCapture(event.pointerId);
    this.gesture = gesture;
    if (event.pointerType === "touch" && gesture.kind === "tool") this.holdLong(gesture);
  }

  /**
   * @param {PointerEvent} event
   * @returns {Gesture | null}
   */
  begin(event) {
    const point = this.at(event);
    const gesture = { start: point, point, last: point, moved: false, more: event.shiftKey, ...meant(event) };
    const finger = event.pointerType === "touch" && this.penned;
    if (event.button === 1 || this.space || finger || (this.tool?.pans && event.button === 0)) {
      return { ...gesture, kind: "pan" };
    }
    const drawing = event.button === 0 || event.button === 2 || event.button === 5;
    return drawing && this.scene().view && this.tool?.down(gesture) !== false ? { ...gesture, kind: "tool" } : null;
  }

  /** @param {Gesture} gesture */
  holdLong(gesture) {
    this.timer = setTimeout(() => {
      if (this.gesture === gesture && !gesture.moved) gesture.negative = true;
      if (this.gesture === gesture && !gesture.moved) navigator.vibrate?.(15);
    }, LONG_PRESS);
  }

  /** @param {PointerEvent} event */
  move(event) {
    const point = this.at(event);
    if (this.fingers.has(event.pointerId)) this.fingers.set(event.pointerId, point);
    const { gesture } = this;
    if (gesture?.kind === "pinch") return this.spread(gesture);
    if (event.pointerType !== "touch") this.hover(point, event.shiftKey);
    if (!gesture) return undefined;
    gesture.point = point;
    gesture.moved ||= Math.hypot(point.x - gesture.start.x, point.y - gesture.start.y) > CLICK_SLOP;
    if (gesture.kind === "pan") this.actions.pan(point.x - gesture.last.x, point.y - gesture.last.y);
    else this.tool?.move({ ...gesture, path: event.getCoalescedEvents?.().map((e) => this.at(e)) ?? [point] });
    gesture.last = point;
    return undefined;
  }

  /** @param {PointerEvent} event */
  up(event) {
    this.fingers.delete(event.pointerId);
    clearTimeout(this.timer);
    const { gesture } = this;
    if (!gesture || (gesture.kind === "pinch" && this.fingers.size > 0)) return;
    this.gesture = null;
    if (gesture.kind === "tool") this.tool?.up({ ...gesture, point: this.at(event) });
  }

  /** @param {PointerEvent} event */
  lost(event) {
    this.fingers.delete(event.pointerId);
    this.cancel();
  }

  /** Let go of what is under the mouse; whether there was anything. */
  cancel() {
    clearTimeout(this.timer);
    const busy = this.gesture !== null;
    if (this.gesture?.kind === "tool") this.tool?.cancel();
    this.gesture = null;
    return busy;
  }

  /**
   * @param {Place | null} point
   * @param {boolean} [more] Shift is held
   */
  hover(point, more = this.more) {
    this.more = more;
    this.actions.cursor(point);
    const { image, view } = this.scene();
    if (!this.gesture) this.stage.style.cursor = (point && image && view && !this.space && this.tool?.hover?.(point, more)) || "";
    if (!point) this.tool?.hover?.(null);
  }

  /**
   * Shift is pressed or let go under a resting mouse.
   * @param {KeyboardEvent} event
   */
  shift({ key, type }) {
    const { cursor } = this.scene();
    if (key === "Shift" && cursor && this.more !== (type === "keydown")) this.hover(cursor, type === "keydown");
  }

  // Two fingers move and zoom together; what one of them had begun to draw is let go.
  pinch() {
    this.cancel();
    const [a, b] = [...this.fingers.values()];
    this.gesture = { kind: "pinch", middle: middle(a, b), distance: distance(a, b), point: middle(a, b) };
  }

  /** @param {Pinch} gesture */
  spread(gesture) {
    const [a, b] = [...this.fingers.values()];
    if (!b) return;
    const [now, apart] = [middle(a, b), Math.max(1, distance(a, b))];
    this.actions.pan(now.x - gesture.middle.x, now.y - gesture.middle.y);
    this.actions.zoom(apart / Math.max(1, gesture.distance), now.x, now.y);
    Object.assign(gesture, { middle: now, distance: apart, point: now });
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    if (!this.scene().image) return;
    event.preventDefault();
    const point = this.at(event);
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const raw = (event.deltaY || event.deltaX) * lines;
    if (event.shiftKey && this.tool?.resize) return this.tool.resize(raw < 0 ? 1 : -1);
    const delta = Math.max(-120, Math.min(120, raw));
    // A pinch on a trackpad arrives as a wheel with ctrl and small steps.
    this.actions.zoom(Math.exp(-delta * (event.ctrlKey ? 0.01 : 0.0022)), point.x, point.y);
  }
}

// What the buttons mean: right, Alt and the pen's eraser take away.
/** @param {PointerEvent} event */
function meant(event) {
  const eraser = event.button === 5 || (event.buttons & 32) !== 0;
  return { negative: event.button === 2 || event.altKey || eraser };
}

/**
 * @param {Place} a
 * @param {Place} b
 */
function middle(a, b) {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

/**
 * @param {Place} a
 * @param {Place} b
 */
function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
