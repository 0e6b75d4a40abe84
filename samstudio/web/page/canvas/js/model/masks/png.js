// A mask's pixels as base64 of a PNG, and back: opaque is foreground. Written
// by hand at one bit a pixel, because a canvas would write 32 of them.

import { context2d } from "../context.js";
import { bitsOf } from "./png_reader.js";

/** @import { Bits } from "../../types.d.ts" */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const PALETTE = [0, 0, 0, 255, 255, 255];
const ALPHA = [0]; // of the first colour; the second stays opaque

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let crc = n;
  for (let k = 0; k < 8; k += 1) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

/**
 * Base64 of the PNG of `w` x `h` pixels, 0 or 1 each.
 * @param {Bits} bits
 * @param {number} w
 * @param {number} h
 */
export async function pngOf(bits, w, h) {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, w);
  view.setUint32(4, h);
  header.set([1, 3], 8); // one bit a pixel, with a palette
  const image = await deflate(lines(bits, w, h));
  /** @type {[name: string, data: ArrayLike<number>][]} */
  const chunks = [["IHDR", header], ["PLTE", PALETTE], ["tRNS", ALPHA], ["IDAT", image], ["IEND", []]];
  const parts = [new Uint8Array(SIGNATURE), ...chunks.map(([name, data]) => chunk(name, data))];
  return base64(new Uint8Array(await new Blob(parts).arrayBuffer()));
}

// Rows of eight pixels a byte, the leftmost highest, each after a byte that says "no filter".
/**
 * @param {Bits} bits
 * @param {number} w
 * @param {number} h
 */
function lines(bits, w, h) {
  const stride = 1 + Math.ceil(w / 8);
  const out = new Uint8Array(stride * h);
  for (let row = 0; row < h; row += 1) {
    const [from, to] = [row * w, row * stride + 1];
    for (let x = 0; x < w; x += 1) out[to + (x >> 3)] |= bits[from + x] << (7 - (x & 7));
  }
  return out;
}

/** @param {Bits} data */
async function deflate(data) {
  const stream = new Blob([data]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * @param {string} name
 * @param {ArrayLike<number>} data
 */
function chunk(name, data) {
  const out = new Uint8Array(12 + data.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i += 1) out[4 + i] = name.charCodeAt(i);
  out.set(data, 8);
  let crc = 0xffffffff;
  for (let i = 4; i < 8 + data.length; i += 1) crc = CRC[(crc ^ out[i]) & 255] ^ (crc >>> 8);
  view.setUint32(8 + data.length, ~crc >>> 0);
  return out;
}

/**
 * The pixels, 0 or 1 each, of any PNG in base64 of `w` x `h` pixels.
 * @param {string} png
 * @param {number} w
 * @param {number} h
 * @returns {Promise<Bits>}
 */
export async function pixelsOf(png, w, h) {
  const bytes = bytesOf(png);
  const quick = await bitsOf(bytes, w, h);
  if (quick) return quick;
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const context = context2d(new OffscreenCanvas(w, h), { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, w, h);
  const bits = new Uint8Array(w * h);
  for (let i = 0; i < bits.length; i += 1) bits[i] = data[4 * i + 3] >> 7;
  return bits;
}

/** @param {string} text */
function bytesOf(text) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i += 1) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

/** @param {Uint8Array} bytes */
function base64(bytes) {
  const parts = [];
  for (let i = 0; i < bytes.length; i += 0x8000) parts.push(String.fromCharCode(...bytes.subarray(i, i + 0x8000)));
  return btoa(parts.join(""));
}
