// The magic wand's region: pixels of nearly one colour that hang together. Pure; runs in pixel_worker.js.

/** @import { Crop, Pixels } from "../../types.d.ts" */

/**
 * The pixels that a path of neighbours, side by side, joins to (x, y) and of whose colours no channel differs from
 * the one there by more than `tolerance` of 255; transparency counts for nothing.
 *
 * A seed fill by runs of rows (after Smith, Tint fill, 1979): a row is cut into its runs of such pixels when the region
 * comes to it, and the region goes on from run to run, so that each pixel is looked at once.
 * @param {Pixels} pixels
 * @param {number} x
 * @param {number} y
 * @param {number} tolerance
 * @returns {Crop}
 */
export function flood(pixels, x, y, tolerance) {
  const rows = new RowRuns(pixels, y * pixels.width + x, tolerance);
  const reached = [];
  const open = [rows.at(x, y)];
  rows.seen[open[0]] = 1;
  for (let run = open.pop(); run !== undefined; run = open.pop()) {
    reached.push(run);
    if (rows.row[run] > 0) rows.spread(run, rows.row[run] - 1, open);
    if (rows.row[run] < pixels.height - 1) rows.spread(run, rows.row[run] + 1, open);
  }
  return rows.crop(reached);
}

/** The runs of each row whose colours are like one, found when the row is asked for. */
class RowRuns {
  /**
   * @param {Pixels} pixels
   * @param {number} center
   * @param {number} tolerance
   */
  constructor({ data, width, height }, center, tolerance) {
    this.colors = new Uint32Array(data.buffer, data.byteOffset, width * height);
    this.width = width;
    /** @param {number} channel */
    const near = (channel) => {
      const value = data[4 * center + channel];
      return Uint8Array.from({ length: 256 }, (_, other) => (Math.abs(other - value) <= tolerance ? 1 : 0));
    };
    this.near = [near(0), near(1), near(2)];
    this.count = 0;
    this.first = new Int32Array(height).fill(-1); // the runs of a row lie together: from first to before last
    this.last = new Int32Array(height);
    this.row = new Int32Array(height);
    this.start = new Int32Array(height);
    this.end = new Int32Array(height); // the first pixel behind it
    this.seen = new Uint8Array(height);
  }

  /**
   * The run that holds a pixel.
   * @param {number} x
   * @param {number} y
   */
  at(x, y) {
    this.find(y);
    let run = this.first[y];
    while (this.end[run] <= x) run += 1;
    return run;
  }

  /** @param {number} y */
  find(y) {
    if (this.first[y] >= 0) return;
    this.first[y] = this.count;
    this.reserve(this.count + (this.width >> 1) + 1);
    const { colors, width, row, start, end } = this;
    const [red, green, blue] = this.near;
    const offset = y * width;
    let { count } = this;
    let from = -1;
    for (let x = 0; x < width; x += 1) {
      const color = colors[offset + x];
      const alike = red[color & 255] & green[(color >>> 8) & 255] & blue[(color >>> 16) & 255];
      if (alike === 1) {
        if (from < 0) from = x;
      } else if (from >= 0) {
        [row[count], start[count], end[count]] = [y, from, x];
        count += 1;
        from = -1;
      }
    }
    if (from >= 0) {
      [row[count], start[count], end[count]] = [y, from, width];
      count += 1;
    }
    this.count = count;
    this.last[y] = count;
  }

  /**
   * Room for so many runs.
   * @param {number} count
   */
  reserve(count) {
    if (count <= this.row.length) return;
    const size = Math.max(count, 2 * this.row.length);
    this.row = longer(this.row, new Int32Array(size));
    this.start = longer(this.start, new Int32Array(size));
    this.end = longer(this.end, new Int32Array(size));
    this.seen = longer(this.seen, new Uint8Array(size));
  }

  /**
   * Add to `open` the runs of row `y` that lie beside `run` and were not seen yet.
   * @param {number} run
   * @param {number} y
   * @param {number[]} open
   */
  spread(run, y, open) {
    this.find(y);
    const { start, end, seen } = this;
    const [from, to, last] = [start[run], end[run], this.last[y]];
    let [low, high] = [this.first[y], last];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (end[middle] <= from) low = middle + 1;
      else high = middle;
    }
    for (let other = low; other < last && start[other] < to; other += 1) {
      if (seen[other]) continue;
      seen[other] = 1;
      open.push(other);
    }
  }

  /**
   * @param {number[]} runs
   * @returns {Crop}
   */
  crop(runs) {
    const { row, start, end } = this;
    let [left, right, top, bottom] = [Infinity, 0, Infinity, 0];
    for (const run of runs) {
      left = Math.min(left, start[run]);
      right = Math.max(right, end[run]);
      top = Math.min(top, row[run]);
      bottom = Math.max(bottom, row[run] + 1);
    }
    const [w, h] = [right - left, bottom - top];
    const bits = new Uint8Array(w * h);
    for (const run of runs) {
      const offset = (row[run] - top) * w - left;
      bits.fill(1, offset + start[run], offset + end[run]);
    }
    return { x: left, y: top, w, h, bits };
  }
}

/**
 * @template {Int32Array | Uint8Array} T
 * @param {T} values
 * @param {T} room
 */
function longer(values, room) {
  room.set(values);
  return room;
}
