// Connected regions of a crop's pixels, found run by run: a row's neighbouring
// pixels of one value are one step of the work.

/** @import { Bits, Regions, Runs } from "../../types.d.ts" */

/**
 * The regions of the pixels that are `value`; `diagonal` joins corners too.
 * Gives runs, in reading order, as arrays: `row[i]`, from `start[i]` to before
 * `end[i]`, in region `of[i]`; and how many regions there are, `count`.
 * @param {{ bits: Bits, w: number, h: number }} crop
 * @param {number} value
 * @param {boolean} diagonal
 * @returns {Regions}
 */
export function regionsOf({ bits, w, h }, value, diagonal) {
  const runs = runsOf(bits, w, h, value);
  const parent = Int32Array.from(runs.row.keys());
  joinRows(runs, diagonal ? 1 : 0, parent);
  let count = 0;
  const of = new Int32Array(parent.length);
  for (let i = 0; i < of.length; i += 1) {
    // The first run of a region is its root, so it is numbered before the others ask.
    const root = find(parent, i);
    of[i] = root === i ? count++ : of[root];
  }
  return { ...runs, of, count };
}

/**
 * How many pixels each region has.
 * @param {Regions} regions
 */
export function areasOf(regions) {
  const areas = new Int32Array(regions.count);
  for (let i = 0; i < regions.of.length; i += 1) areas[regions.of[i]] += regions.end[i] - regions.start[i];
  return areas;
}

/**
 * Set to `value` the pixels of the regions that `chosen(region)` holds for.
 * @param {{ bits: Bits, w: number }} crop
 * @param {Regions} regions
 * @param {number} value
 * @param {(region: number) => boolean} chosen
 */
export function paintRegions({ bits, w }, regions, value, chosen) {
  const { row, start, end, of } = regions;
  for (let i = 0; i < of.length; i += 1) {
    if (chosen(of[i])) bits.fill(value, row[i] * w + start[i], row[i] * w + end[i]);
  }
}

/**
 * @param {Bits} bits
 * @param {number} w
 * @param {number} h
 * @param {number} value
 * @returns {Runs}
 */
function runsOf(bits, w, h, value) {
  let length = 0;
  for (let y = 0, i = 0; y < h; y += 1) {
    for (let x = 0; x < w; x += 1, i += 1) if (bits[i] === value && (x === 0 || bits[i - 1] !== value)) length += 1;
  }
  const runs = { row: new Int32Array(length), start: new Int32Array(length), end: new Int32Array(length) };
  for (let y = 0, n = 0; y < h; y += 1) {
    const base = y * w;
    for (let x = 0; x < w; x += 1) {
      if (bits[base + x] !== value) continue;
      runs.row[n] = y;
      runs.start[n] = x;
      while (x < w && bits[base + x] === value) x += 1;
      runs.end[n] = x;
      n += 1;
    }
  }
  return runs;
}

// Two runs of neighbouring rows touch when they overlap, or by a corner where `reach` is 1.
/**
 * @param {Runs} runs
 * @param {number} reach
 * @param {Int32Array} parent
 */
function joinRows({ row, start, end }, reach, parent) {
  let above = 0;
  let below = 0;
  while (below < row.length) {
    if (row[above] < row[below] - 1) above += 1;
    else if (row[above] >= row[below]) below += 1;
    else {
      if (start[above] < end[below] + reach && end[above] > start[below] - reach) join(parent, above, below);
      if (end[above] < end[below]) above += 1;
      else below += 1;
    }
  }
}

/**
 * @param {Int32Array} parent
 * @param {number} a
 * @param {number} b
 */
function join(parent, a, b) {
  const [p, q] = [find(parent, a), find(parent, b)];
  if (p < q) parent[q] = p;
  else parent[p] = q;
}

/**
 * @param {Int32Array} parent
 * @param {number} i
 */
function find(parent, i) {
  while (parent[i] !== i) {
    parent[i] = parent[parent[i]];
    i = parent[i];
  }
  return i;
}
