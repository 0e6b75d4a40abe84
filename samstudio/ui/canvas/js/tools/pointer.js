// The mouse and the pen: turns pointer events into what the person meant.
//
// `actions`: {box(box), click(pixel, label), pick(pixel), pan(dx, dy), zoom(factor, sx, sy),
// drag(box|null), cursor(point|null), idle()}. No drawing and no server here.

import { boxBetween, onImage, pixelAt } from "../model/view.js";

const CLICK_SLOP = 4; // CSS pixels a trembling hand may move during a click

export class Pointer {
  constructor(stage, { scene, actions }) {
    this.stage = stage;
    this.scene = scene;
    this.actions = actions;
    this.gesture = null;
    this.space = false;
    stage.addEventListener("pointerdown", (e) => this.down(e));
    stage.addEventListener("pointermove", (e) => this.move(e));
    stage.addEventListener("pointerup", (e) => this.up(e));
    stage.addEventListener("pointercancel", () => this.cancel());
    stage.addEventListener("pointerleave", () => this.actions.cursor(null));
    stage.addEventListener("contextmenu", (e) => e.preventDefault());
    stage.addEventListener("wheel", (e) => this.wheel(e), { passive: false });
  }

  at(event) {
    const rect = this.stage.getBoundingClientRect();
    return { x: event.clientX - rect.left, y: event.clientY - rect.top };
  }

  down(event) {
    const { image, view, tool } = this.scene();
    if (!image || this.gesture) return;
    this.stage.focus({ preventScroll: true });
    const start = this.at(event);
    const pans = event.button === 1 || this.space || (tool === "pan" && event.button === 0);
    const kind = pans ? "pan" : this.kindOf(event, start, { image, view, tool });
    if (!kind) return;
    event.preventDefault();
    this.stage.setPointerCapture(event.pointerId);
    this.gesture = { kind, start, last: start, moved: false, negative: event.button === 2 || event.altKey };
  }

  kindOf(event, start, { image, view, tool }) {
    if (event.button !== 0 && event.button !== 2) return null;
    if (!onImage(view, image, start.x, start.y) && event.button === 2) return null;
    return tool === "select" ? "pick" : "prompt";
  }

  move(event) {
    const point = this.at(event);
    const { gesture } = this;
    const { image, view, tool } = this.scene();
    const shown = image && tool === "prompt" && onImage(view, image, point.x, point.y);
    this.actions.cursor(shown ? point : null);
    if (!gesture) return;
    gesture.moved ||= Math.hypot(point.x - gesture.start.x, point.y - gesture.start.y) > CLICK_SLOP;
    if (gesture.kind === "pan") this.actions.pan(point.x - gesture.last.x, point.y - gesture.last.y);
    if (gesture.kind === "prompt" && gesture.moved) this.actions.drag(this.boxTo(point));
    gesture.last = point;
  }

  up(event) {
    const { gesture } = this;
    if (!gesture) return;
    this.gesture = null;
    const point = this.at(event);
    const { image, view } = this.scene();
    this.actions.drag(null);
    if (!image) return;
    if (gesture.kind === "prompt" && gesture.moved) this.finishBox(gesture, point);
    else if (gesture.kind === "prompt" && onImage(view, image, point.x, point.y)) {
      this.actions.click(pixelAt(view, image, gesture.start.x, gesture.start.y), gesture.negative ? 0 : 1);
    } else if (gesture.kind === "pick" && !gesture.moved) {
      this.actions.pick(pixelAt(view, image, point.x, point.y));
    }
  }

  finishBox(gesture, point) {
    this.gesture = gesture;
    const box = this.boxTo(point);
    this.gesture = null;
    this.actions.box(box);
  }

  boxTo(point) {
    const { image, view } = this.scene();
    const { start } = this.gesture;
    return boxBetween(pixelAt(view, image, start.x, start.y), pixelAt(view, image, point.x, point.y));
  }

  cancel() {
    const busy = this.gesture !== null;
    this.gesture = null;
    this.actions.drag(null);
    return busy;
  }

  wheel(event) {
    if (!this.scene().image) return;
    event.preventDefault();
    const point = this.at(event);
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const delta = Math.max(-120, Math.min(120, event.deltaY * lines));
    // A pinch on a trackpad arrives as a wheel with ctrl and small steps.
    this.actions.zoom(Math.exp(-delta * (event.ctrlKey ? 0.01 : 0.0022)), point.x, point.y);
  }
}
