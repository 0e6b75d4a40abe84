// Moving rows of a list: by dragging their handles, and by the keys. Tells where a row was put; draws it there meanwhile.

import { closest, findAll } from "../../canvas/panels/dom.js";

const PATIENCE = 500; // milliseconds after the last key until the new place is told
const EDGE = 36; // pixels at the ends of the view where dragging scrolls

/**
 * The category that one stands before, where it comes right after another in what is shown; null: the end. What is not
 * shown keeps its neighbours.
 * @param {readonly number[]} all every id in order
 * @param {number} id
 * @param {number | null} after the row that is shown before it; null: it is the first
 * @param {number | null} next the row that is shown after it
 */
export function placeAfter(all, id, after, next) {
  if (after === null) return next;
  const others = all.filter((one) => one !== id);
  return others[others.indexOf(after) + 1] ?? null;
}

/**
 * @param {HTMLElement} list rows with `data-id`, each with a handle `data-move`
 * @param {{ moved(id: number, after: number | null, next: number | null): void, busy(is: boolean): void }} told
 */
export function mountOrder(list, { moved, busy }) {
  /** @type {{ row: HTMLElement, timer?: ReturnType<typeof setTimeout> } | null} */
  let held = null; // moved by keys, and not told yet

  const rows = () => findAll(list, ":scope > [data-id]");
  /** @param {HTMLElement} row */
  const tell = (row) => {
    const all = rows();
    const at = all.indexOf(row);
    moved(idOf(row) ?? 0, idOf(all[at - 1]), idOf(all[at + 1]));
  };
  const flush = () => {
    if (!held) return;
    const { row, timer } = held;
    clearTimeout(timer);
    held = null;
    busy(false);
    tell(row);
  };

  list.addEventListener("keydown", (event) => {
    const row = closest(closest(event, "[data-move]"), "[data-id]");
    if (!row || event.ctrlKey || event.metaKey) return;
    const all = rows();
    const to = target(event.key, all.indexOf(row), all.length);
    if (to === null) return;
    event.preventDefault();
    if (held && held.row !== row) flush();
    clearTimeout(held?.timer);
    put(all, row, to);
    closest(event, "[data-move]")?.focus();
    row.scrollIntoView({ block: "nearest" });
    busy(true);
    held = { row, timer: setTimeout(flush, PATIENCE) };
  });
  list.addEventListener("pointerdown", (event) => {
    const handle = closest(event, "[data-move]");
    const row = closest(handle, "[data-id]");
    if (!handle || !row || event.button !== 0) return;
    flush();
    event.preventDefault();
    handle.focus();
    drag({ handle, row, rows, done: (changed) => (busy(false), changed && tell(row)) });
    busy(true);
  });
  return { flush };
}

/**
 * The document hears the pointer: a row that is put elsewhere loses the capture.
 * @param {{ handle: HTMLElement, row: HTMLElement, rows(): HTMLElement[], done(changed: boolean): void }} parts
 */
function drag({ handle, row, rows, done }) {
  const before = rows();
  const place = before.indexOf(row);
  row.classList.add("ss-dragged");
  const over = (/** @type {PointerEvent} */ { clientY }) => {
    const others = rows().filter((one) => one !== row);
    const to = others.filter((one) => middle(one) < clientY).length;
    if (to !== rows().indexOf(row)) put(rows(), row, to);
    scrollAt(row.closest("[data-scroll]"), clientY);
  };
  const end = (/** @type {boolean} */ keep) => {
    document.removeEventListener("pointermove", over);
    document.removeEventListener("pointerup", drop);
    document.removeEventListener("pointercancel", back);
    document.removeEventListener("keydown", escape, true);
    row.classList.remove("ss-dragged");
    if (!keep) put(rows(), row, place);
    handle.focus();
    done(keep && rows().indexOf(row) !== place);
  };
  const drop = () => end(true);
  const back = () => end(false);
  const escape = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    end(false);
  };
  document.addEventListener("pointermove", over);
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", back);
  document.addEventListener("keydown", escape, true);
}

/**
 * @param {readonly HTMLElement[]} all
 * @param {HTMLElement} row
 * @param {number} to its place among all
 */
function put(all, row, to) {
  const others = all.filter((one) => one !== row);
  if (to >= others.length) others.at(-1)?.after(row);
  else others[to].before(row);
}

/**
 * @param {string} key
 * @param {number} at
 * @param {number} count
 */
function target(key, at, count) {
  const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: count - 1 }[key];
  return to === undefined ? null : Math.max(0, Math.min(count - 1, to));
}

/** @param {HTMLElement} row */
function middle(row) {
  const { top, height } = row.getBoundingClientRect();
  return top + height / 2;
}

/**
 * @param {Element | null} scroller
 * @param {number} y
 */
function scrollAt(scroller, y) {
  if (!scroller) return;
  const { top, bottom } = scroller.getBoundingClientRect();
  if (y < top + EDGE) scroller.scrollTop -= EDGE / 3;
  else if (y > bottom - EDGE) scroller.scrollTop += EDGE / 3;
}

/** @param {HTMLElement | undefined} row */
function idOf(row) {
  return row ? Number(row.dataset.id) : null;
}
