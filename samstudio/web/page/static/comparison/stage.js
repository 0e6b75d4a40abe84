// The picture with A's masks left of the wipe and B's right of it. The wipe
// moves by mouse, finger and keyboard; one viewBox lies under all layers, so
// that a small object can be seen large.

import { h } from "../../canvas/panels/dom.js";
import { change, shown, signed } from "./list.js";

/** @import { Box, Frame, Part, Size } from "../../canvas/js/types.d.ts" */
/** @import { Masks, Pair, Row } from "./wire.js" */

const SVG = "http://www.w3.org/2000/svg";
/** @type {Record<string, number>} */
const STEPS = { ArrowLeft: -2, ArrowDown: -2, ArrowRight: 2, ArrowUp: 2, PageDown: -10, PageUp: 10, Home: -100, End: 100 };
/** @type {readonly ["a", "b"]} */
const SIDES = ["a", "b"];
const ROOM = 2; // how much larger than the object the enlarged part is
const LEAST = 48; // pixels of the image that are shown at least

export class Stage {
  /** @param {Part} part */
  constructor(part) {
    this.part = part;
    /** @param {string} name */
    const layer = (name) => part(`layer-${name}`, SVGSVGElement);
    this.layers = { picture: layer("picture"), a: layer("a"), b: layer("b"), true: layer("true") };
    /** @type {Masks["image"] | null} */
    this.image = null;
    /** @type {Row | null} */
    this.row = null;
    /** @type {Frame | null} */
    this.view = null;
    this.address = "";
    this.stale = false; // whether the masks of another object are shown
    this.dragged = false;
    this.at = 50; // percent of the stage's width
    this.called = { a: "A", b: "B" };
    this.mountWipe(part("stage"), part("wipe"));
    for (const name of ["zoom", "outline"]) {
      const button = part(name);
      button.addEventListener("click", () => {
        button.setAttribute("aria-pressed", String(!this.on(name)));
        this.look();
      });
    }
  }

  /** @param {string} name */
  on(name) {
    return this.part(name).getAttribute("aria-pressed") === "true";
  }

  /**
   * @param {HTMLElement} stage
   * @param {HTMLElement} handle
   */
  mountWipe(stage, handle) {
    /** @param {PointerEvent} event */
    const to = ({ clientX }) => {
      const { left, width } = stage.getBoundingClientRect();
      this.drag(((clientX - left) / width) * 100);
    };
    stage.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      stage.setPointerCapture(event.pointerId);
      handle.focus({ preventScroll: true });
      to(event);
    });
    stage.addEventListener("pointermove", (event) => stage.hasPointerCapture(event.pointerId) && to(event));
    handle.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (!step) return;
      event.preventDefault();
      this.drag(this.at + step * (event.shiftKey ? 5 : 1));
    });
    this.wipe(50);
  }

  /** @param {number} percent */
  drag(percent) {
    this.dragged = true;
    this.wipe(percent);
  }

  /** @param {number} percent */
  wipe(percent) {
    this.at = Math.min(100, Math.max(0, percent));
    this.part("stage").style.setProperty("--wipe", `${this.at}%`);
    const handle = this.part("wipe");
    const left = Math.round(this.at);
    handle.setAttribute("aria-valuenow", String(left));
    handle.setAttribute("aria-valuetext", `${this.called?.a ?? "A"} on ${left} % of the picture, ${this.called?.b ?? "B"} on the rest`);
  }

  /**
   * @param {string} a
   * @param {string} b
   */
  names(a, b) {
    this.called = { a, b };
    this.wipe(this.at);
    if (this.row) this.scores(this.row);
  }

  /**
   * Another object; its masks follow with `draw`.
   * @param {Row} row
   * @param {string} address
   */
  show(row, address) {
    if (this.image && this.image.id !== row.image) this.clear();
    this.row = row;
    this.address = address;
    this.stale = true;
    this.part("stage").classList.add("cmp-busy");
    this.scores(row);
  }

  clear() {
    for (const layer of Object.values(this.layers)) layer.replaceChildren();
    this.image = null;
  }

  /**
   * Some objects of the image, with both masks.
   * @param {Masks} masks
   */
  draw({ image, objects }) {
    if (this.image?.id !== image.id) {
      this.clear();
      this.layers.picture.append(svg("image", { href: this.address, width: image.width, height: image.height }));
    }
    this.image = image;
    const first = this.stale;
    const { a, b, true: truth } = this.layers;
    if (first) for (const layer of [a, b, truth]) layer.replaceChildren();
    this.stale = false;
    for (const object of objects) this.add(object);
    const { row } = this;
    const own = objects.find((object) => object.id === row?.id);
    if (row && own) this.scores({ ...row, a: own.a.iou, b: own.b.iou, problem: own.a.problem || own.b.problem });
    this.look();
    if (first) this.divide();
  }

  // The wipe goes through the object's middle; once a person has moved it, only where it would else miss
  // the object, and not where all is given to one side.
  divide() {
    const { row, view } = this;
    if (!row || !view) return;
    const { x, w } = view;
    const [left, right] = [row.box[0], row.box[2] + 1].map((edge) => ((edge - x) / w) * 100);
    const across = left < this.at && this.at < right;
    const meant = this.dragged && (across || this.at === 0 || this.at === 100);
    if (!meant) this.wipe((left + right) / 2);
  }

  /** @param {Pair} object */
  add(object) {
    const chosen = object.id === this.row?.id;
    for (const side of SIDES) {
      const { src, x, y, w, h } = object[side];
      if (src) this.layers[side].append(svg("image", { href: src, x, y, width: w, height: h, class: chosen ? "cmp-chosen" : "" }));
    }
    const layer = this.layers.true;
    if (chosen) {
      const [x0, y0, x1, y1] = object.box;
      layer.append(svg("rect", { x: x0, y: y0, width: x1 - x0 + 1, height: y1 - y0 + 1, class: "cmp-prompt" }));
    }
    for (const under of ["cmp-under", "cmp-over"]) {
      layer.append(svg("path", { d: object.outline, class: `cmp-outline ${under}${chosen ? " cmp-chosen" : ""}` }));
    }
  }

  whole() {
    this.part("stage").classList.remove("cmp-busy");
  }

  /** The part of the picture that is looked at, and whether the true masks are drawn. */
  look() {
    this.layers.true.classList.toggle("cmp-no-outline", !this.on("outline"));
    if (!this.image) return;
    const zoomed = this.on("zoom") && this.row ? around(this.row.box, this.image) : null;
    this.view = zoomed ?? whole(this.image);
    const { x, y, w, h } = this.view;
    for (const layer of Object.values(this.layers)) layer.setAttribute("viewBox", `${x} ${y} ${w} ${h}`);
    this.part("stage").style.setProperty("--ratio", String(w / h));
  }

  /**
   * What the badges and the line below say of the object.
   * @param {Row} row
   */
  scores(row) {
    this.row = row;
    this.part("badge-a").textContent = `A · ${this.called.a} · ${shown(row.a)}`;
    this.part("badge-b").textContent = `B · ${this.called.b} · ${shown(row.b)}`;
    const difference = change(row);
    const told = row.problem || (difference === null ? "" : `IoU ${shown(row.a)} → ${shown(row.b)} (${signed(difference)})`);
    const held = row.unseen?.[1];
    const unseen = held === null || held === undefined ? "" : `${held.toFixed(3)} while B's models had it held out`;
    const texts = [told, unseen].filter(Boolean).flatMap((one) => [" · ", one]);
    this.part("where").replaceChildren(h("span", { translate: "no" }, `${row.category} ${row.id} · ${row.file}`), ...texts);
  }
}

/**
 * @param {Size} image
 * @returns {Frame}
 */
function whole({ width, height }) {
  return { x: 0, y: 0, w: width, h: height };
}

/**
 * The part of the picture round a box, four by three; null where that is most of it anyway.
 * @param {Box} box
 * @param {Size} image
 * @returns {Frame | null}
 */
export function around([x0, y0, x1, y1], { width, height }) {
  const [across, down] = [x1 - x0 + 1, y1 - y0 + 1];
  const w = Math.max(ROOM * across, (ROOM * down * 4) / 3, LEAST);
  const h = (w * 3) / 4;
  if (w >= width || h >= height) return null;
  /**
   * @param {number} middle
   * @param {number} size
   * @param {number} most
   */
  const place = (middle, size, most) => Math.min(Math.max(0, middle - size / 2), most - size);
  return { x: place((x0 + x1 + 1) / 2, w, width), y: place((y0 + y1 + 1) / 2, h, height), w, h };
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 */
function svg(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}
