// Reads the one kind of PNG that masks travel as: one bit a pixel, a palette whose first colour is
// transparent. The browser's own decoder makes 32 bits of each first, which at 12 megapixels takes
// ten times as long. Any other PNG is not read here (null).

/** @typedef {{ name: string, data: Bits }} Chunk */
/** @import { Bits } from "../../types.d.ts" */

/**
 * The pixels, 0 or 1 each, of a mask's PNG (Uint8Array) of `w` x `h` pixels; null for another kind.
 * @param {Uint8Array<ArrayBuffer>} png
 * @param {number} w
 * @param {number} h
 * @returns {Promise<Bits | null>}
 */
export async function bitsOf(png, w, h) {
  const chunks = chunksOf(png);
  if (!chunks || !isMask(chunks, w, h)) return null;
  const parts = chunks.filter(({ name }) => name === "IDAT").map(({ data }) => data);
  const stream = new Blob(parts).stream().pipeThrough(new DecompressionStream("deflate"));
  const lines = new Uint8Array(await new Response(stream).arrayBuffer());
  const stride = 1 + Math.ceil(w / 8);
  if (lines.length !== stride * h) return null;
  for (let row = 0; row < h; row += 1) unfilter(lines, row * stride, stride);
  return unpacked(lines, stride, w, h);
}

/** @param {Uint8Array<ArrayBuffer>} png */
function chunksOf(png) {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const chunks = [];
  for (let at = 8; at + 12 <= png.length; ) {
    const length = view.getUint32(at);
    if (at + 12 + length > png.length) return null;
    chunks.push({ name: String.fromCharCode(...png.subarray(at + 4, at + 8)), data: png.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  return chunks;
}

/**
 * @param {Chunk[]} chunks
 * @param {number} w
 * @param {number} h
 */
function isMask(chunks, w, h) {
  const header = chunks.find(({ name }) => name === "IHDR")?.data;
  const alpha = chunks.find(({ name }) => name === "tRNS")?.data;
  if (header?.length !== 13 || !alpha) return false;
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const [depth, colour, , , interlaced] = header.subarray(8);
  const shaped = view.getUint32(0) === w && view.getUint32(4) === h && depth === 1 && colour === 3 && interlaced === 0;
  return shaped && alpha[0] === 0 && (alpha[1] ?? 255) === 255;
}

// Undo one row's filter in place (PNG specification, section 9); the row above is undone already.
/**
 * @param {Uint8Array} lines
 * @param {number} start
 * @param {number} stride
 */
function unfilter(lines, start, stride) {
  const filter = lines[start];
  if (filter === 0) return;
  for (let at = start + 1; at < start + stride; at += 1) {
    const left = at > start + 1 ? lines[at - 1] : 0;
    const above = start > 0 ? lines[at - stride] : 0;
    const corner = start > 0 && at > start + 1 ? lines[at - stride - 1] : 0;
    lines[at] += predicted(filter, left, above, corner);
  }
}

/**
 * @param {number} filter
 * @param {number} left
 * @param {number} above
 * @param {number} corner
 */
function predicted(filter, left, above, corner) {
  if (filter === 1) return left;
  if (filter === 2) return above;
  if (filter === 3) return (left + above) >> 1;
  const guess = left + above - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}

/**
 * @param {Uint8Array} lines
 * @param {number} stride
 * @param {number} w
 * @param {number} h
 */
function unpacked(lines, stride, w, h) {
  const bits = new Uint8Array(w * h);
  for (let row = 0; row < h; row += 1) {
    const [from, to] = [row * stride + 1, row * w];
    for (let x = 0; x < w; x += 1) bits[to + x] = (lines[from + (x >> 3)] >> (7 - (x & 7))) & 1;
  }
  return bits;
}
