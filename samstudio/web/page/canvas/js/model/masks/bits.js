// Pixels as plain arrays: 0 or 1 in a byte each, or packed 32 to a number.
// And the frames {x, y, w, h} they lie in. No mask and no image here.

/** @import { Bits, Frame } from "../../types.d.ts" */

// Four pixels, one byte each, as the four bits of a number; and back.
const NIBBLES = Uint32Array.from({ length: 16 }, (_, n) => (n & 1) | ((n & 2) << 7) | ((n & 4) << 14) | ((n & 8) << 21));
const GATHER = 0x10204080;

/**
 * The smallest {x, y, w, h} that holds every 1 of `w` x `h` pixels, or null.
 * @param {Bits} bits
 * @param {number} w
 * @param {number} h
 * @returns {Frame | null}
 */
export function tight(bits, w, h) {
  const first = bits.indexOf(1);
  if (first < 0) return null;
  const top = Math.floor(first / w);
  const bottom = Math.floor(bits.lastIndexOf(1, w * h - 1) / w);
  let left = w;
  let right = -1;
  for (let row = top; row <= bottom; row += 1) {
    const start = row * w;
    for (let x = 0; x < left; x += 1) if (bits[start + x]) left = x;
    for (let x = w - 1; x > right; x -= 1) if (bits[start + x]) right = x;
  }
  return { x: left, y: top, w: right - left + 1, h: bottom - top + 1 };
}

/**
 * One bit a pixel of pixels that are a byte each; `words` holds a multiple of 32 of them.
 * @param {Uint32Array} words
 */
export function pack(words) {
  const packed = new Uint32Array(words.length / 8);
  for (let i = 0; i < packed.length; i += 1) {
    let bits = 0;
    for (let k = 0; k < 8; k += 1) bits |= (Math.imul(words[8 * i + k], GATHER) >>> 28) << (4 * k);
    packed[i] = bits;
  }
  return packed;
}

/**
 * The way back.
 * @param {Uint32Array} packed
 */
export function unpack(packed) {
  const words = new Uint32Array(8 * packed.length);
  for (let i = 0; i < words.length; i += 1) words[i] = NIBBLES[(packed[i >> 3] >>> (4 * (i & 7))) & 15];
  return words;
}

/**
 * How many bits are set.
 * @param {Uint32Array} packed
 */
export function count(packed) {
  let area = 0;
  for (let i = 0; i < packed.length; i += 1) {
    let v = packed[i];
    v -= (v >>> 1) & 0x55555555;
    v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
    area += Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return area;
}

/**
 * The smallest frame {x, y, w, h} that holds both.
 * @param {Frame} a
 * @param {Frame} b
 * @returns {Frame}
 */
export function around(a, b) {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  return { x, y, w: Math.max(a.x + a.w, b.x + b.w) - x, h: Math.max(a.y + a.h, b.y + b.h) - y };
}

/**
 * What two frames share, or null.
 * @param {Frame} a
 * @param {Frame} b
 * @returns {Frame | null}
 */
export function overlap(a, b) {
  const [x, y] = [Math.max(a.x, b.x), Math.max(a.y, b.y)];
  const w = Math.min(a.x + a.w, b.x + b.w) - x;
  const h = Math.min(a.y + a.h, b.y + b.h) - y;
  return w > 0 && h > 0 ? { x, y, w, h } : null;
}
