// What a disc around each pixel of a crop meets. Crops are `w` x `h` pixels of 0
// or 1; a disc holds the pixels whose centres are at most `radius` from its own.

/** @import { Bits, Frame, Size } from "../../types.d.ts" */

/**
 * The pixels at most `radius` from a 1, in time that grows with the pixels and not
 * with the disc: first how far the nearest 1 of the column is, then in each row
 * the part of the disc that this distance leaves.
 * @param {Bits} bits
 * @param {number} w
 * @param {number} h
 * @param {number} radius
 */
export function spread(bits, w, h, radius) {
  const reach = reachOf(radius);
  const far = reach.length;
  const gaps = columnGaps(bits, w, h, far);
  const out = new Uint8Array(w * h);
  const turns = new Int32Array(w + 1);
  for (let row = 0, i = 0; row < h; row += 1) {
    turns.fill(0);
    for (let x = 0; x < w; x += 1) {
      const gap = gaps[i + x];
      if (gap >= far) continue;
      const half = reach[gap];
      turns[x > half ? x - half : 0] += 1;
      turns[x + half < w ? x + half + 1 : w] -= 1;
    }
    for (let x = 0, depth = 0; x < w; x += 1, i += 1) {
      depth += turns[x];
      out[i] = depth > 0 ? 1 : 0;
    }
  }
  return out;
}

/**
 * @param {Bits} bits
 * @param {number} w
 * @param {number} h
 * @param {number} far
 */
function columnGaps(bits, w, h, far) {
  const gaps = new Uint16Array(w * h);
  for (let i = 0; i < gaps.length; i += 1) {
    if (!bits[i]) gaps[i] = i < w ? far : Math.min(far, gaps[i - w] + 1);
  }
  for (let i = gaps.length - w - 1; i >= 0; i -= 1) {
    if (gaps[i] > gaps[i + w] + 1) gaps[i] = gaps[i + w] + 1;
  }
  return gaps;
}

/**
 * What most of the disc is, of the part of it that is in the image; a draw changes
 * nothing. `bits` are those of `frame` {x, y, w, h}; beyond it all is 0.
 * @param {Bits} bits
 * @param {Frame} frame
 * @param {number} radius
 * @param {Size} image
 */
export function majority(bits, frame, radius, image) {
  const { w, h } = frame;
  const reach = reachOf(radius);
  const far = reach.length - 1;
  const sums = votes(bits, frame, far, image);
  const stride = w + 2 * far + 1;
  // Counting a disc is slow, so only where both kinds are in it.
  const met = spread(bits, w, h, radius);
  const missed = spread(inverse(bits), w, h, radius);
  const out = bits.slice();
  for (let y = 0, i = 0; y < h; y += 1) {
    for (let x = 0; x < w; x += 1, i += 1) {
      if (!met[i] || !missed[i]) continue;
      const balance = counted(sums, stride, reach, (y + far) * stride + x + far);
      if (balance !== 0) out[i] = balance > 0 ? 1 : 0;
    }
  }
  return out;
}

/**
 * 1 for 0 and 0 for 1, in a new array.
 * @param {Bits} bits
 */
export function inverse(bits) {
  const out = new Uint8Array(bits.length);
  for (let i = 0; i < out.length; i += 1) out[i] = bits[i] ^ 1;
  return out;
}

/**
 * @param {Int32Array} sums
 * @param {number} stride
 * @param {Int32Array} reach
 * @param {number} center
 */
function counted(sums, stride, reach, center) {
  let balance = sums[center + reach[0] + 1] - sums[center - reach[0]];
  for (let away = 1; away < reach.length; away += 1) {
    const left = center - reach[away];
    const right = center + reach[away] + 1;
    const step = away * stride;
    balance += sums[right + step] - sums[left + step] + sums[right - step] - sums[left - step];
  }
  return balance;
}

// Running sums of each row, with a margin of `far`: 1 for a pixel that is set, -1
// for one that is not, 0 beyond the image.
/**
 * @param {Bits} bits
 * @param {Frame} frame
 * @param {number} far
 * @param {Size} image
 */
function votes(bits, { x, y, w, h }, far, { width, height }) {
  const stride = w + 2 * far + 1;
  const sums = new Int32Array(stride * (h + 2 * far));
  for (let row = Math.max(-far, -y); row < Math.min(h + far, height - y); row += 1) {
    const base = (row + far) * stride + far;
    const inside = row >= 0 && row < h;
    let sum = 0;
    for (let column = -far; column < w + far; column += 1) {
      const set = inside && column >= 0 && column < w && bits[row * w + column];
      if (x + column >= 0 && x + column < width) sum += set ? 1 : -1;
      sums[base + column + 1] = sum;
    }
  }
  return sums;
}

// How far the disc goes to either side, in the row through its centre and those away from it.
/** @param {number} radius */
function reachOf(radius) {
  const rows = { length: Math.floor(radius) + 1 };
  return Int32Array.from(rows, (_, away) => Math.floor(Math.sqrt(radius * radius - away * away)));
}
