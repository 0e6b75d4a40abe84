// What the export's dialog offers: the dataset's categories, groups, tags and splits, and its pixel size.

import { apiUrl, fetchJson } from "../../canvas/sync/http.js";

/** @import { Reply } from "../../canvas/sync/http.js" */

/** @typedef {{ width: number, height: number, unit: string }} PixelSize */
/** @typedef {{ name: string, images: number }} Counted */
/** @typedef {{ test: { images: number }, judge: { images: number } }} Fixed Images by what tuning may use them for. */
/** @typedef {{ images: number, pixel_size: PixelSize | null, images_with_pixel_size: number }} Counts */
/**
 * `ungrouped`: how many images are of no group. `hasSplits`: whether somebody put images into validation or test.
 * @typedef {{ categories: string[], groups: Counted[], ungrouped: number, tags: Counted[], hasSplits: boolean, counts: Counts }} Dataset
 */

const NOTHING = { images: 0, pixel_size: null, images_with_pixel_size: 0 };

/**
 * What the dataset holds; what could not be loaded is empty, and `error` says so.
 * @returns {Promise<Dataset & { error: string }>}
 */
export async function loaded() {
  /** @type {[Reply<{ items: { name: string }[] }>, Reply<{ items: Counted[] }>, Reply<{ items: Counted[] }>, Reply<Fixed>, Reply<Counts>]} */
  const replies = await Promise.all([
    fetchJson(apiUrl("categories"), { lost: "The categories could not be loaded." }),
    fetchJson(apiUrl("groups"), { lost: "The groups could not be loaded." }),
    fetchJson(apiUrl("tags"), { lost: "The tags could not be loaded." }),
    fetchJson(apiUrl("test-set"), { lost: "The splits could not be loaded." }),
    fetchJson(apiUrl("dataset"), { lost: "The pixel size could not be loaded." }),
  ]);
  const [categories, groups, tags, fixed, counts] = replies;
  const grouped = groups.error === undefined ? groups.items : [];
  const known = counts.error === undefined ? counts : NOTHING;
  return {
    categories: categories.error === undefined ? categories.items.map(({ name }) => name) : [],
    groups: grouped,
    ungrouped: Math.max(0, known.images - grouped.reduce((sum, { images }) => sum + images, 0)),
    tags: tags.error === undefined ? tags.items : [],
    hasSplits: fixed.error === undefined && fixed.test.images + fixed.judge.images > 0,
    counts: known,
    error: replies.map(({ error }) => error ?? "").find((text) => text) ?? "",
  };
}

/**
 * Set the pixel size of the images that have none of their own; null takes it away.
 * @param {PixelSize | null} size
 */
export async function savePixelSize(size) {
  const body = JSON.stringify({ pixel_size: size });
  const lost = "The pixel size was not saved: the server did not answer. Try again in a moment.";
  /** @type {Reply<Counts>} */
  const reply = await fetchJson(apiUrl("dataset"), { lost, method: "PATCH", headers: { "Content-Type": "application/json" }, body });
  if (reply.error !== undefined) throw new Error(reply.error);
}
