// The picture with A's masks left of the wipe and B's right of it. The wipe
// moves by mouse, finger and keyboard; one viewBox lies under all layers, so
// that a small object can be seen large.

import { h } from "../canvas/panels/dom.js";
import { shown, signed } from "./compare_list.js";

const SVG = "http://www.w3.org/2000/svg";
const STEPS = { ArrowLeft: -2, ArrowDown: -2, ArrowRight: 2, ArrowUp: 2, PageDown: -10, PageUp: 10, Home: -100, End: 100 };
const ROOM = 2; // how much larger than the object the enlarged part is
const LEAST = 48; // pixels of the image that are shown at least

export class Stage {
  constructor(part) {
    this.part = part;
    this.layers = Object.fromEntries(["picture", "a", "b", "true"].map((name) => [name, part(`layer-${name}`)]));
    this.image = null;
    this.row = null;
    this.called = { a: "A", b: "B" };
    this.mountWipe(part("stage"), part("wipe"));
    for (const name of ["zoom", "outline"]) {
      part(name).addEventListener("click", ({ currentTarget }) => {
        currentTarget.setAttribute("aria-pressed", String(!this.on(name)));
        this.look();
      });
    }
  }

  on(name) {
    return this.part(name).getAttribute("aria-pressed") === "true";
  }

  mountWipe(stage, handle) {
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

  drag(percent) {
    this.dragged = true;
    this.wipe(percent);
  }

  wipe(percent) {
    this.at = Math.min(100, Math.max(0, percent));
    this.part("stage").style.setProperty("--wipe", `${this.at}%`);
    const handle = this.part("wipe");
    const left = Math.round(this.at);
    handle.setAttribute("aria-valuenow", String(left));
    handle.setAttribute("aria-valuetext", `${this.called?.a ?? "A"} on ${left} % of the picture, ${this.called?.b ?? "B"} on the rest`);
  }

  names(a, b) {
    this.called = { a, b };
    this.wipe(this.at);
    if (this.row) this.scores(this.row);
  }

  /** Another object; its masks follow with `draw`. */
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

  /** Some objects of the image, with both masks. */
  draw({ image, objects }) {
    if (this.image?.id !== image.id) {
      this.clear();
      this.layers.picture.append(svg("image", { href: this.address, width: image.width, height: image.height }));
    }
    this.image = image;
    const first = this.stale;
    if (first) for (const name of ["a", "b", "true"]) this.layers[name].replaceChildren();
    this.stale = false;
    for (const object of objects) this.add(object);
    const own = objects.find((object) => object.id === this.row.id);
    if (own) this.scores({ ...this.row, a: own.a.iou, b: own.b.iou, problem: own.a.problem || own.b.problem });
    this.look();
    if (first) this.divide();
  }

  // The wipe goes through the object's middle; once a person has moved it, only where it would else miss
  // the object, and not where all is given to one side.
  divide() {
    const { x, w } = this.view;
    const [left, right] = [this.row.box[0], this.row.box[2] + 1].map((edge) => ((edge - x) / w) * 100);
    const across = left < this.at && this.at < right;
    const meant = this.dragged && (across || this.at === 0 || this.at === 100);
    if (!meant) this.wipe((left + right) / 2);
  }

  add(object) {
    const chosen = object.id === this.row.id;
    for (const side of ["a", "b"]) {
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
    this.view = (this.on("zoom") && around(this.row.box, this.image)) || whole(this.image);
    const { x, y, w, h } = this.view;
    for (const layer of Object.values(this.layers)) layer.setAttribute("viewBox", `${x} ${y} ${w} ${h}`);
    this.part("stage").style.setProperty("--ratio", String(w / h));
  }

  /** What the badges and the line below say of the object. */
  scores(row) {
    this.row = row;
    this.part("badge-a").textContent = `A · ${this.called.a} · ${shown(row.a)}`;
    this.part("badge-b").textContent = `B · ${this.called.b} · ${shown(row.b)}`;
    const known = row.a !== null && row.b !== null;
    const told = row.problem || (known ? `IoU ${shown(row.a)} → ${shown(row.b)} (${signed(row.b - row.a)})` : "");
    const held = row.unseen?.[1];
    const unseen = held === null || held === undefined ? "" : `${held.toFixed(3)} while B's models had it held out`;
    const texts = [told, unseen].filter(Boolean).flatMap((one) => [" · ", one]);
    this.part("where").replaceChildren(h("span", { translate: "no" }, `${row.category} ${row.id} · ${row.file}`), ...texts);
  }
}

function whole({ width, height }) {
  return { x: 0, y: 0, w: width, h: height };
}

/** The part of the picture round a box, four by three; null where that is most of it anyway. */
export function around([x0, y0, x1, y1], { width, height }) {
  const [across, down] = [x1 - x0 + 1, y1 - y0 + 1];
  const w = Math.max(ROOM * across, (ROOM * down * 4) / 3, LEAST);
  const h = (w * 3) / 4;
  if (w >= width || h >= height) return null;
  const place = (middle, size, most) => Math.min(Math.max(0, middle - size / 2), most - size);
  return { x: place((x0 + x1 + 1) / 2, w, width), y: place((y0 + y1 + 1) / 2, h, height), w, h };
}

function svg(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
