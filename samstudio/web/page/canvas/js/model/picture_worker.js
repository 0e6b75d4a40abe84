// Loads one image away from the page's thread: fetching, decoding, and ever
// smaller copies. A 12-megapixel photograph would stop the page for 300 ms.

import { context2d } from "./context.js";

/** The worker's own global, of which the page's types know nothing. */
const scope = /** @type {{ onmessage: unknown, postMessage(message: object, transfer?: Transferable[]): void }} */ (/** @type {unknown} */ (self));

self.onmessage = async ({ data: { id, url } }) => {
  try {
    const levels = await load(url);
    scope.postMessage({ id, levels }, levels);
  } catch (error) {
    scope.postMessage({ id, error: String(error instanceof Error ? error.message : error) });
  }
};

/** @param {string} url */
async function load(url) {
  const response = await fetch(url, { cache: "force-cache" });
  if (!response.ok) throw new Error(`status ${response.status}`);
  // The server's pixels are final: no EXIF turn, no colour management, or the map would be off.
  /** @type {ImageBitmapOptions} */
  const options = { imageOrientation: "none", colorSpaceConversion: "none" };
  const levels = [await createImageBitmap(await response.blob(), options)];
  let last = levels[0];
  while (Math.max(last.width, last.height) >= 1024) {
    last = half(last);
    levels.push(last);
  }
  return levels;
}

// Bilinear at half the size is the mean of each four pixels, and five times as
// quick as createImageBitmap's own resizing.
/** @param {ImageBitmap} bitmap */
function half(bitmap) {
  const canvas = new OffscreenCanvas(Math.ceil(bitmap.width / 2), Math.ceil(bitmap.height / 2));
  context2d(canvas).drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas.transferToImageBitmap();
}
