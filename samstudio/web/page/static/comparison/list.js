// The objects of all images with both IoUs, in an order; drawn a page at a time.

import { closest, find, findAll, h } from "../../canvas/panels/dom.js";

/** @import { Part } from "../../canvas/js/types.d.ts" */
/** @import { Ious, Progress, Row, Scores } from "./wire.js" */

const PAGE = 60;
/** @type {Record<string, (row: Row) => number | null>} */
const ORDERS = {
  worse: (row) => change(row),
  better: (row) => negative(change(row)),
  worst: (row) => row.b,
};
/** @param {number | null} value */
const negative = (value) => (value === null ? null : -value);
const LEARNED = { A: "A learned from", B: "B learned from", AB: "both learned from" };

/**
 * Rows in an order; what is not scored yet comes last.
 * @param {readonly Row[]} rows
 * @param {string} order
 */
export function ordered(rows, order) {
  const key = ORDERS[order];
  return [...rows].sort((one, other) => (key(one) ?? Infinity) - (key(other) ?? Infinity) || one.id - other.id);
}

/** @param {Ious} row */
export function change(row) {
  return row.a === null || row.b === null ? null : row.b - row.a;
}

/** @param {number | null | undefined} iou */
export const shown = (iou) => (iou === null || iou === undefined ? "–" : iou.toFixed(3));
/** @param {number | null} value */
export const kindOf = (value) => (!seen(value) ? "" : value > 0 ? ".ss-up" : ".ss-down");

/**
 * A change with its sign; too small a one for three digits has none.
 * @param {number | null} value
 */
export function signed(value) {
  if (value === null) return "–";
  return `${seen(value) ? (value < 0 ? "−" : "+") : ""}${Math.abs(value).toFixed(3)}`;
}

/**
 * @param {number | null} value
 * @returns {value is number}
 */
function seen(value) {
  return value !== null && Math.abs(value) >= 0.0005;
}

/**
 * @param {HTMLElement} place
 * @param {Progress} progress
 */
export function showProgress(place, { done, total, refused }) {
  place.hidden = done >= total || Boolean(refused);
  find(place, "progress", HTMLProgressElement).value = total ? done / total : 1;
  find(place, "span").textContent = `${done} of ${total} objects scored`;
}

export class ObjectList {
  /**
   * @param {Part} part
   * @param {(row: Row) => void} choose
   */
  constructor(part, choose) {
    this.part = part;
    this.choose = choose;
    this.limit = PAGE;
    /** @type {readonly Row[]} */
    this.rows = [];
    /** @type {number | null | undefined} */
    this.current = null;
    /** @type {Scores | null} */
    this.reply = null;
    this.element = part("list");
    this.element.addEventListener("click", (event) => this.take(event));
    this.element.addEventListener("keydown", (event) => this.move(event));
    part("more").addEventListener("click", () => {
      this.limit += 200;
      if (this.reply) this.draw(this.rows, this.current, this.reply);
    });
  }

  /** @param {Event} event */
  take(event) {
    const id = Number(closest(event, "[data-row]")?.dataset.row);
    const row = this.rows.find((one) => one.id === id);
    if (row) this.choose(row);
  }

  /** @param {KeyboardEvent} event */
  move(event) {
    const item = closest(event, "li");
    const next = { ArrowDown: item?.nextElementSibling, ArrowUp: item?.previousElementSibling }[event.key];
    if (!next) return;
    event.preventDefault();
    find(next, "button").focus();
  }

  /**
   * @param {readonly Row[]} rows
   * @param {number | null | undefined} current
   * @param {Scores} reply
   */
  draw(rows, current, reply) {
    this.rows = rows;
    this.current = current;
    this.reply = reply;
    const { activeElement: active } = document;
    const focused = active instanceof HTMLElement && this.element.contains(active) ? active.dataset.row : null;
    this.element.replaceChildren(...rows.slice(0, this.limit).map((row) => item(row, row.id === current)));
    if (focused) findAll(this.element, `[data-row="${focused}"]`)[0]?.focus({ preventScroll: true });
    const more = this.part("more");
    more.hidden = rows.length <= this.limit;
    more.textContent = `Show more (${this.limit} of ${rows.length})`;
    this.part("means").replaceChildren(...means(reply));
    this.part("text").textContent = reply.text;
    this.part("tally").textContent = tally(rows);
  }

  /** @param {number} id */
  mark(id) {
    this.current = id;
    for (const button of findAll(this.element, "[data-row]")) {
      if (Number(button.dataset.row) === id) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  }
}

/**
 * @param {Row} row
 * @param {boolean} current
 */
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

/** @param {number | null} iou */
function unseen(iou) {
  return iou === null ? null : `${iou.toFixed(3)} while it was held out`;
}

/** @param {Scores} scores */
function means({ mean, names }) {
  const difference = change(mean);
  /**
   * @param {string} name
   * @param {string} value
   * @param {string} [kind]
   */
  const tile = (name, value, kind = "") => h(`div${kind}`, {}, h("dt", {}, name), h("dd", {}, value));
  return [
    tile(`A · ${names[0]}`, shown(mean.a), ".cmp-is-a"),
    tile(`B · ${names[1]}`, shown(mean.b), ".cmp-is-b"),
    tile("B − A", signed(difference), kindOf(difference)),
  ];
}

/** @param {readonly Row[]} rows */
function tally(rows) {
  const differences = rows.map(change).filter((value) => value !== null);
  const worse = differences.filter((value) => seen(value) && value < 0).length;
  const better = differences.filter((value) => seen(value) && value > 0).length;
  return differences.length ? `${better} better, ${worse} worse` : "";
}
