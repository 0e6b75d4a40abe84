// Masks as the browser holds them: an immutable crop of an image, cropped tight
// to its foreground, and the algebra of such crops. An empty mask is null.
// How they travel is png.js's, how they look is render/'s, what shapes and
// cleaning make of them is shapes.js's and cleaning.js's.

import { around, count, overlap, pack, tight, unpack } from "./bits.js";
import { pixelsOf, pngOf } from "./png.js";

/** @import { Bits, Crop, Frame, Mask, WireMask } from "../../types.d.ts" */

/**
 * Only one bit a pixel is held for good, so that a long undo history fits in
 * memory; `bits`, one byte a pixel, is made when asked and forgotten when unused.
 * @implements {Mask}
 */
class PackedMask {
  #bits;
  /** @type {WireMask | null} */
  #wire = null;

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} w
   * @param {number} h
   * @param {Uint32Array<ArrayBuffer>} words
   */
  constructor(x, y, w, h, words) {
    this.x = x;
    this.y = y;
    this.w = w;
    this.h = h;
    this.packed = pack(words);
    this.area = count(this.packed);
    this.#bits = new WeakRef(new Uint8Array(words.buffer, 0, w * h));
    Object.freeze(this);
  }

  /** 0 or 1 for each pixel of the crop, row by row. To read, not to write. */
  get bits() {
    let bits = this.#bits.deref();
    if (!bits) {
      bits = new Uint8Array(unpack(this.packed).buffer, 0, this.w * this.h);
      this.#bits = new WeakRef(bits);
    }
    return bits;
  }

  /** `{png, x, y, w, h}` where it is known: it came so, or went so; else null. */
  get wire() {
    return this.#wire;
  }

  /**
   * @param {Mask} mask
   * @param {WireMask} wire
   */
  static keepWire(mask, wire) {
    if (#wire in mask) mask.#wire ??= wire;
  }
}

/**
 * The mask of a crop's pixels, 0 or 1 each; `bits` is copied.
 * @param {Crop} crop
 * @returns {Mask | null}
 */
export function maskOf({ x, y, w, h, bits }) {
  const inner = tight(bits, w, h);
  if (!inner) return null;
  const words = new Uint32Array(8 * Math.ceil((inner.w * inner.h) / 32));
  const kept = new Uint8Array(words.buffer);
  for (let row = 0; row < inner.h; row += 1) {
    const from = (inner.y + row) * w + inner.x;
    kept.set(bits.subarray(from, from + inner.w), row * inner.w);
  }
  return new PackedMask(x + inner.x, y + inner.y, inner.w, inner.h, words);
}

/**
 * The mask that came as `{png, x, y, w, h}`: base64 of a PNG, opaque where foreground.
 * @param {WireMask | null | undefined} wire
 * @returns {Promise<Mask | null>}
 */
export async function decodeMask(wire) {
  if (!wire || !wire.w || !wire.h) return null;
  const { x, y, w, h } = wire;
  const mask = maskOf({ x, y, w, h, bits: await pixelsOf(wire.png, w, h) });
  if (mask) PackedMask.keepWire(mask, wire);
  return mask;
}

/**
 * `{png, x, y, w, h}` to send; a mask that came so is sent as it came.
 * @param {Mask | null} mask
 * @returns {Promise<WireMask | null>}
 */
export async function encodeMask(mask) {
  if (!mask) return null;
  const { x, y, w, h } = mask;
  if (!mask.wire) PackedMask.keepWire(mask, Object.freeze({ png: await pngOf(mask.bits, w, h), x, y, w, h }));
  return mask.wire;
}

/**
 * Whether pixel (x, y) of the image is foreground.
 * @param {Mask | null} mask
 * @param {number} x
 * @param {number} y
 */
export function covers(mask, x, y) {
  if (!mask) return false;
  const column = x - mask.x;
  const row = y - mask.y;
  if (column < 0 || row < 0 || column >= mask.w || row >= mask.h) return false;
  const i = row * mask.w + column;
  return ((mask.packed[i >> 5] >>> (i & 31)) & 1) === 1;
}

/**
 * @param {Mask | null} a
 * @param {Mask | null} b
 */
export function same(a, b) {
  if (a === b) return true;
  if (!a || !b || a.x !== b.x || a.y !== b.y || a.w !== b.w || a.h !== b.h || a.area !== b.area) return false;
  for (let i = 0; i < a.packed.length; i += 1) if (a.packed[i] !== b.packed[i]) return false;
  return true;
}

// Where a result is one of the operands, it is that very mask: with its wire,
// and what the caches know of it.

/**
 * @param {Mask | null} a
 * @param {Mask | null} b
 * @returns {Mask | null}
 */
export function union(a, b) {
  if (!a || !b) return a ?? b;
  const frame = around(a, b);
  const bits = within(frame, a);
  over(frame, bits, b, (to, i, from, j, length) => {
    for (let k = 0; k < length; k += 1) to[i + k] |= from[j + k];
  });
  return known(maskOf({ ...frame, bits }), a, b);
}

/**
 * @param {Mask | null} a
 * @param {Mask | null} b
 * @returns {Mask | null}
 */
export function minus(a, b) {
  if (!a || !b || !overlap(a, b)) return a;
  const bits = a.bits.slice();
  over(a, bits, b, (to, i, from, j, length) => {
    for (let k = 0; k < length; k += 1) to[i + k] &= from[j + k] ^ 1;
  });
  return known(maskOf({ x: a.x, y: a.y, w: a.w, h: a.h, bits }), a);
}

/**
 * `mask`'s pixels inside `frame` {x, y, w, h}, as a crop of that frame.
 * @param {Frame} frame
 * @param {Mask} mask
 */
export function within(frame, mask) {
  const bits = new Uint8Array(frame.w * frame.h);
  over(frame, bits, mask, (to, i, from, j, length) => to.set(from.subarray(j, j + length), i));
  return bits;
}

/**
 * `mask`, or the very one of `others` that has the same pixels.
 * @param {Mask | null} mask
 * @param {...Mask} others
 */
export function known(mask, ...others) {
  return others.find((other) => same(mask, other)) ?? mask;
}

// Run `each` on every row that `mask` shares with `frame`, whose pixels are `bits`.
/**
 * @param {Frame} frame
 * @param {Bits} bits
 * @param {Mask} mask
 * @param {(to: Bits, i: number, from: Bits, j: number, length: number) => void} each
 */
function over(frame, bits, mask, each) {
  const shared = overlap(frame, mask);
  if (!shared) return;
  const from = mask.bits;
  for (let y = shared.y; y < shared.y + shared.h; y += 1) {
    const i = (y - frame.y) * frame.w + shared.x - frame.x;
    each(bits, i, from, (y - mask.y) * mask.w + shared.x - mask.x, shared.w);
  }
}
