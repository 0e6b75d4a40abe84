// An image ready to be drawn at any zoom: its pixels and ever smaller copies,
// so that a frame reads about as many pixels as the screen has. Loading and
// halving happen in picture_worker.js; drawing is render/'s.

/** @typedef {{ promise: Promise<Picture>, picture: Picture | null }} Entry */
/** @import { Picture } from "../types.d.ts" */

const LIMIT = 6; // pictures kept
const LEAST = 3; // of them however large: the open one and its neighbours
const BYTES = 256e6;

/** @type {Worker | null} */
let worker = null;
let asked = 0;
/** @type {Map<number, { resolve: (levels: ImageBitmap[]) => void, reject: (error: Error) => void }>} */
const waiting = new Map();

/**
 * Load the image at `url`; resolves to `{width, height, levels, bytes}`, the largest level first.
 * @param {string} url
 * @returns {Promise<Picture>}
 */
export async function loadPicture(url) {
  const started = (worker ??= startWorker());
  const id = (asked += 1);
  /** @type {ImageBitmap[]} */
  const levels = await new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    started.postMessage({ id, url });
  });
  const [{ width, height }] = levels;
  const bytes = levels.reduce((sum, level) => sum + 4 * level.width * level.height, 0);
  return { width, height, bytes, levels: levels.map((bitmap, step) => ({ bitmap, factor: 2 ** step })) };
}

function startWorker() {
  const started = new Worker(new URL("./picture_worker.js", import.meta.url), { type: "module" });
  started.onmessage = ({ data: { id, levels, error } }) => {
    const asker = waiting.get(id);
    waiting.delete(id);
    if (levels) asker?.resolve(levels);
    else asker?.reject(new Error(error));
  };
  started.onerror = (event) => {
    for (const { reject } of waiting.values()) reject(new Error(event.message || "the picture's worker did not start"));
    waiting.clear();
    worker = null; // the next picture tries again
  };
  return started;
}

/** @param {Picture} picture */
export function closePicture(picture) {
  for (const { bitmap } of picture.levels) bitmap.close();
}

/**
 * The smallest level that still has a pixel for each pixel of the screen.
 * @param {Picture} picture
 * @param {number} scale
 */
export function levelFor(picture, scale) {
  let chosen = picture.levels[0];
  for (const level of picture.levels) if (1 / level.factor >= scale) chosen = level;
  return chosen.bitmap;
}

/** The last few pictures, so that going back and forth does not load again. */
export class PictureCache {
  constructor({ limit = LIMIT, bytes = BYTES } = {}) {
    this.limit = limit;
    this.bytes = bytes;
    /** @type {Map<string, Entry>} */
    this.entries = new Map(); // url → {promise, picture once it is there}; the oldest first
  }

  /**
   * The picture of `url`; the same promise while it loads, and afterwards.
   * @param {string} url
   */
  get(url) {
    const kept = this.entries.get(url) ?? this.load(url);
    this.entries.delete(url);
    this.entries.set(url, kept);
    this.trim();
    return kept.promise;
  }

  /** @param {string} url */
  load(url) {
    /** @type {Entry} */
    const entry = { promise: loadPicture(url), picture: null };
    entry.promise.then(
      (picture) => {
        entry.picture = picture;
        this.trim();
      },
      () => this.entries.get(url) === entry && this.entries.delete(url),
    );
    return entry;
  }

  trim() {
    for (const [url, entry] of this.entries) {
      const { size } = this.entries;
      if (size <= LEAST || (size <= this.limit && this.held() <= this.bytes)) return;
      this.entries.delete(url);
      entry.promise.then(closePicture, () => {});
    }
  }

  held() {
    return [...this.entries.values()].reduce((sum, { picture }) => sum + (picture?.bytes ?? 0), 0);
  }
}
