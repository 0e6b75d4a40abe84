// Masks as the browser holds them: a crop of the image's pixels, its outline,
// and a tinted copy to draw. They travel as 1-bit PNGs of the crop.

/** Decode `{png, x, y, w, h}` (base64 PNG; alpha 255 is foreground) into a mask. */
export async function decodeMask(wire) {
  if (!wire || !wire.w || !wire.h) return null;
  const bytes = Uint8Array.from(atob(wire.png), (c) => c.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(wire.w, wire.h);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, wire.w, wire.h);
  const bits = new Uint8Array(wire.w * wire.h);
  for (let i = 0; i < bits.length; i += 1) bits[i] = data[4 * i + 3] > 127 ? 1 : 0;
  bitmap.close();
  return { x: wire.x, y: wire.y, w: wire.w, h: wire.h, bits, wire, tints: new Map(), path: null };
}

/** Whether pixel (x, y) of the image is foreground. */
export function covers(mask, x, y) {
  const column = x - mask.x;
  const row = y - mask.y;
  if (column < 0 || row < 0 || column >= mask.w || row >= mask.h) return false;
  return mask.bits[row * mask.w + column] === 1;
}

/** The mask filled with `color`, as a canvas of the crop's size; kept for the next frame. */
export function tinted(mask, color) {
  const kept = mask.tints.get(color);
  if (kept) return kept;
  const canvas = new OffscreenCanvas(mask.w, mask.h);
  const context = canvas.getContext("2d");
  const [r, g, b] = rgb(color);
  const image = context.createImageData(mask.w, mask.h);
  const pixels = new Uint32Array(image.data.buffer);
  const ink = (255 << 24) | (b << 16) | (g << 8) | r;
  for (let i = 0; i < pixels.length; i += 1) if (mask.bits[i]) pixels[i] = ink;
  context.putImageData(image, 0, 0);
  mask.tints.clear();
  mask.tints.set(color, canvas);
  return canvas;
}

/** The outline along pixel edges, in image coordinates: exact at any zoom. */
export function outline(mask) {
  mask.path ??= trace(mask);
  return mask.path;
}

function trace({ x, y, w, h, bits }) {
  const path = new Path2D();
  const at = (column, row) => (column < 0 || row < 0 || column >= w || row >= h ? 0 : bits[row * w + column]);
  for (let row = 0; row <= h; row += 1) {
    runs(w, (column) => at(column, row) !== at(column, row - 1), (start, end) => {
      path.moveTo(x + start, y + row);
      path.lineTo(x + end, y + row);
    });
  }
  for (let column = 0; column <= w; column += 1) {
    runs(h, (row) => at(column, row) !== at(column - 1, row), (start, end) => {
      path.moveTo(x + column, y + start);
      path.lineTo(x + column, y + end);
    });
  }
  return path;
}

function runs(length, holds, emit) {
  let start = -1;
  for (let i = 0; i <= length; i += 1) {
    const on = i < length && holds(i);
    if (on && start < 0) start = i;
    if (!on && start >= 0) {
      emit(start, i);
      start = -1;
    }
  }
}

export function rgb(color) {
  const value = Number.parseInt(color.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
