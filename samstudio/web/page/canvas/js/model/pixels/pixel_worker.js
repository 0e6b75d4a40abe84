// Looks at an image's pixels away from the page's thread: it holds those of one image, and what is asked of
// them is a name in JOBS with a function.

import { context2d } from "../context.js";
import { flood } from "./flood.js";
import { EdgeFinder } from "./wire/edge_finder.js";

/** @import { EdgeQuestion, Pixels } from "../../types.d.ts" */

/** The worker's own global, of which the page's types know nothing. */
const scope = /** @type {{ postMessage(message: object, transfer?: Transferable[]): void }} */ (/** @type {unknown} */ (self));

/** @type {{ pixels: Pixels, edges: EdgeFinder } | null} */
let held = null;

/** @type {Record<string, (request: any) => { result: object | null, transfer?: Transferable[] }>} */
const JOBS = {
  /** @param {{ bitmap: ImageBitmap }} request */
  hold({ bitmap }) {
    const pixels = pixelsOf(bitmap);
    held = { pixels, edges: new EdgeFinder(pixels) };
    return { result: null };
  },
  /** @param {{ x: number, y: number, tolerance: number }} request */
  flood({ x, y, tolerance }) {
    const crop = held && flood(held.pixels, x, y, tolerance);
    return { result: crop, transfer: crop ? [crop.bits.buffer] : [] };
  },
  /** @param {EdgeQuestion} question */
  path(question) {
    return { result: held && held.edges.path(question) };
  },
};

self.onmessage = ({ data: { id, job, request } }) => {
  try {
    const { result, transfer = [] } = JOBS[job](request);
    scope.postMessage({ id, result }, transfer);
  } catch (error) {
    scope.postMessage({ id, error: String(error instanceof Error ? error.message : error) });
  }
};

/**
 * @param {ImageBitmap} bitmap
 * @returns {Pixels}
 */
function pixelsOf(bitmap) {
  const { width, height } = bitmap;
  const context = context2d(new OffscreenCanvas(width, height), { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, width, height);
}
