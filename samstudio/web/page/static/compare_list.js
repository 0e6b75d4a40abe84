// The objects of all images with both IoUs, in an order; drawn a page at a time.

import { h } from "../canvas/panels/dom.js";

const PAGE = 60;
const ORDERS = {
  worse: (row) => change(row),
  better: (row) => (change(row) === null ? null : -change(row)),
  worst: (row) => row.b,
};
const LEARNED = { A: "A learned from", B: "B learned from", AB: "both learned from" };

/** Rows in an order; what is not scored yet comes last. */
export function ordered(rows, order) {
  const key = ORDERS[order];
  return [...rows].sort((one, other) => (key(one) ?? Infinity) - (key(other) ?? Infinity) || one.id - other.id);
}

export function change(row) {
  return row.a === null || row.b === null ? null : row.b - row.a;
}

export const shown = (iou) => (iou === null || iou === undefined ? "–" : iou.toFixed(3));
export const kindOf = (value) => (!seen(value) ? "" : value > 0 ? ".ss-up" : ".ss-down");

/** A change with its sign; too small a one for three digits has none. */
export function signed(value) {
  if (value === null) return "–";
  return `${seen(value) ? (value < 0 ? "−" : "+") : ""}${Math.abs(value).toFixed(3)}`;
}

function seen(value) {
  return value !== null && Math.abs(value) >= 0.0005;
}

export function showProgress(place, { done, total, refused }) {
  place.hidden = done >= total || Boolean(refused);
  place.querySelector("progress").value = total ? done / total : 1;
  place.querySelector("span").textContent = `${done} of ${total} objects scored`;
}

export class ObjectList {
  constructor(part, choose) {
    Object.assign(this, { part, choose, limit: PAGE });
    this.element = part("list");
    this.element.addEventListener("click", ({ target }) => this.take(target));
    this.element.addEventListener("keydown", (event) => this.move(event));
    part("more").addEventListener("click", () => {
      this.limit += 200;
      this.draw(this.rows, this.current, this.reply);
    });
  }

  take(target) {
    const id = Number(target.closest("[data-row]")?.dataset.row);
    const row = this.rows.find((one) => one.id === id);
    if (row) this.choose(row);
  }

  move(event) {
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    const next = step && event.target.closest("li")?.[step];
    if (!next) return;
    event.preventDefault();
    next.querySelector("button").focus();
  }

  draw(rows, current, reply) {
    Object.assign(this, { rows, current, reply });
    const focused = this.element.contains(document.activeElement) ? document.activeElement.dataset.row : null;
    this.element.replaceChildren(...rows.slice(0, this.limit).map((row) => item(row, row.id === current)));
    if (focused) this.element.querySelector(`[data-row="${focused}"]`)?.focus({ preventScroll: true });
    const more = this.part("more");
    more.hidden = rows.length <= this.limit;
    more.textContent = `Show more (${this.limit} of ${rows.length})`;
    this.part("means").replaceChildren(...means(reply));
    this.part("text").textContent = reply.text;
    this.part("tally").textContent = tally(rows);
  }

  mark(id) {
    this.current = id;
    for (const button of this.element.querySelectorAll("[data-row]")) {
      if (Number(button.dataset.row) === id) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }
}

function item(row, current) {
  const difference = change(row);
  return h(
    "li",
    {},
    h(
      "button.cmp-row",
      { type: "button", "data-row": row.id, "aria-current": current ? "true" : null },
      h("span.cmp-name", {}, h("span.ss-swatch", { style: { background: row.color } }), h("span", { translate: "no" }, `${row.category} ${row.id}`)),
      h("span.cmp-num", { title: unseen(row.unseen[0]) }, shown(row.a)),
      h("span.cmp-num", { title: unseen(row.unseen[1]) }, shown(row.b)),
      h(`span.cmp-num${kindOf(difference)}`, {}, signed(difference)),
      h("span.cmp-sub", {}, row.problem ? h("span", {}, row.problem) : h("span", { translate: "no" }, row.file), row.learned ? h("span.ss-tag", { title: "Its own IoU on what it learned from flatters a version" }, LEARNED[row.learned]) : null),
    ),
  );
}

function unseen(iou) {
  return iou === null ? null : `${iou.toFixed(3)} while it was held out`;
}

function means({ mean, names }) {
  const difference = mean.n ? mean.b - mean.a : null;
  const tile = (name, value, kind = "") => h(`div${kind}`, {}, h("dt", {}, name), h("dd", {}, value));
  return [
    tile(`A · ${names[0]}`, shown(mean.a), ".cmp-is-a"),
    tile(`B · ${names[1]}`, shown(mean.b), ".cmp-is-b"),
    tile("B − A", signed(difference), kindOf(difference)),
  ];
}

function tally(rows) {
  const differences = rows.map(change).filter((value) => value !== null);
  const worse = differences.filter((value) => seen(value) && value < 0).length;
  const better = differences.filter((value) => seen(value) && value > 0).length;
  return differences.length ? `${better} better, ${worse} worse` : "";
}
