// An image ready to be drawn at any zoom: its pixels and ever smaller copies,
// so that a 12-megapixel photograph pans as smoothly as a small one.

/** Load the image at `url`; resolves to `{width, height, levels}`, the largest level first. */
export async function loadPicture(url) {
  const response = await fetch(url, { cache: "force-cache" });
  if (!response.ok) throw new Error(`status ${response.status}`);
  // The server's pixels are final: no EXIF turn, no colour management, or the map would be off.
  const options = { imageOrientation: "none", colorSpaceConversion: "none" };
  const full = await createImageBitmap(await response.blob(), options);
  const levels = [{ bitmap: full, factor: 1 }];
  for (let factor = 2; Math.max(full.width, full.height) / factor >= 512; factor *= 2) {
    const previous = levels[levels.length - 1].bitmap;
    const size = { resizeWidth: Math.round(full.width / factor), resizeHeight: Math.round(full.height / factor) };
    levels.push({ bitmap: await createImageBitmap(previous, { ...size, resizeQuality: "medium" }), factor });
  }
  return { width: full.width, height: full.height, levels };
}

export function closePicture(picture) {
  for (const { bitmap } of picture.levels) bitmap.close();
}

/** The smallest level that still has a pixel for each pixel of the screen. */
export function levelFor(picture, scale) {
  let chosen = picture.levels[0];
  for (const level of picture.levels) if (1 / level.factor >= scale) chosen = level;
  return chosen.bitmap;
}

/** The last few pictures, so that going back and forth does not load again. */
export class PictureCache {
  constructor(limit = 4) {
    this.limit = limit;
    this.entries = new Map();
  }

  /** The picture of `url`; the same promise while it loads, and afterwards. */
  get(url) {
    const kept = this.entries.get(url);
    this.entries.delete(url);
    const entry = kept ?? loadPicture(url);
    this.entries.set(url, entry);
    if (!kept) entry.catch(() => this.entries.delete(url));
    for (const [oldest, picture] of this.entries) {
      if (this.entries.size <= this.limit) break;
      this.entries.delete(oldest);
      picture.then(closePicture, () => {});
    }
    return entry;
  }
}
