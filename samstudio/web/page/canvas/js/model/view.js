// The one map between the image and the screen.
//
// Screen: CSS pixels from the stage's top-left corner. Image: pixel i covers
// the interval [i, i + 1), so a point on the screen lies *in* pixel
// floor(x), floor(y), and prompts are sent as whole pixel indices. Everything
// that draws or reads the mouse goes through here; no other module may
// multiply by a scale.

/** @import { Box, Point, Size, View } from "../types.d.ts" */

export const MIN_SCALE = 0.01;
export const MAX_SCALE = 64;

/**
 * A view: `scale` CSS pixels per image pixel; image origin drawn at (x, y).
 * @param {number} scale
 * @param {number} x
 * @param {number} y
 * @returns {View}
 */
export function view(scale, x, y) {
  return Object.freeze({ scale, x, y });
}

/**
 * Image coordinates (continuous) of a point on the screen.
 * @param {View} v
 * @param {number} sx
 * @param {number} sy
 * @returns {[x: number, y: number]}
 */
export function toImage(v, sx, sy) {
  return [(sx - v.x) / v.scale, (sy - v.y) / v.scale];
}

/**
 * Screen coordinates of a point of the image (continuous).
 * @param {View} v
 * @param {number} ix
 * @param {number} iy
 * @returns {[x: number, y: number]}
 */
export function toScreen(v, ix, iy) {
  return [ix * v.scale + v.x, iy * v.scale + v.y];
}

/**
 * The pixel index under a point of the screen, kept inside `image`.
 * @param {View} v
 * @param {Size} image
 * @param {number} sx
 * @param {number} sy
 * @returns {[x: number, y: number]}
 */
export function pixelAt(v, image, sx, sy) {
  const [x, y] = toImage(v, sx, sy);
  return [clamp(Math.floor(x), 0, image.width - 1), clamp(Math.floor(y), 0, image.height - 1)];
}

/**
 * Whether a point of the screen lies on the image.
 * @param {View} v
 * @param {Size} image
 * @param {number} sx
 * @param {number} sy
 */
export function onImage(v, image, sx, sy) {
  const [x, y] = toImage(v, sx, sy);
  return x >= 0 && y >= 0 && x < image.width && y < image.height;
}

/**
 * The view that shows the whole image, centred, `pad` CSS pixels free all round.
 * @param {Size} image
 * @param {Size} stage
 * @param {number} [pad]
 */
export function fit(image, stage, pad = 24) {
  const room = { width: Math.max(1, stage.width - 2 * pad), height: Math.max(1, stage.height - 2 * pad) };
  const scale = clampScale(Math.min(room.width / image.width, room.height / image.height, 8));
  return centred(image, stage, scale);
}

/**
 * The view at `scale` with the image in the middle of the stage.
 * @param {Size} image
 * @param {Size} stage
 * @param {number} scale
 */
export function centred(image, stage, scale) {
  return view(scale, (stage.width - image.width * scale) / 2, (stage.height - image.height * scale) / 2);
}

/**
 * Zoom by `factor` so that the image point under (sx, sy) stays there.
 * @param {View} v
 * @param {number} factor
 * @param {number} sx
 * @param {number} sy
 */
export function zoomAt(v, factor, sx, sy) {
  const scale = clampScale(v.scale * factor);
  const [ix, iy] = toImage(v, sx, sy);
  return view(scale, sx - ix * scale, sy - iy * scale);
}

/**
 * @param {View} v
 * @param {number} dx
 * @param {number} dy
 */
export function panBy(v, dx, dy) {
  return view(v.scale, v.x + dx, v.y + dy);
}

/**
 * Keep at least `margin` CSS pixels of the image on the stage, so that it cannot be lost.
 * @param {View} v
 * @param {Size} image
 * @param {Size} stage
 * @param {number} [margin]
 */
export function keepInSight(v, image, stage, margin = 64) {
  const x = clamp(v.x, margin - image.width * v.scale, stage.width - margin);
  const y = clamp(v.y, margin - image.height * v.scale, stage.height - margin);
  return x === v.x && y === v.y ? v : view(v.scale, x, y);
}

/**
 * The view that shows a box of the image (XYXY pixels) with room around it.
 * @param {Box} box
 * @param {Size} stage
 * @param {number} [share]
 */
export function fitBox([x0, y0, x1, y1], stage, share = 0.6) {
  const [width, height] = [x1 + 1 - x0, y1 + 1 - y0];
  const scale = clampScale(Math.min((share * stage.width) / width, (share * stage.height) / height, 16));
  return view(scale, stage.width / 2 - (x0 + width / 2) * scale, stage.height / 2 - (y0 + height / 2) * scale);
}

/**
 * The view moved as little as needed for a point of the image to be on the stage, `margin` from its edge.
 * @param {View} v
 * @param {number} ix
 * @param {number} iy
 * @param {Size} stage
 * @param {number} [margin]
 */
export function reveal(v, ix, iy, stage, margin = 24) {
  const [sx, sy] = toScreen(v, ix, iy);
  const dx = clamp(sx, margin, Math.max(margin, stage.width - margin)) - sx;
  const dy = clamp(sy, margin, Math.max(margin, stage.height - margin)) - sy;
  return dx || dy ? panBy(v, dx, dy) : v;
}

/**
 * The view after the stage changed size: what was in the middle stays there.
 * @param {View} v
 * @param {Size} before
 * @param {Size} after
 */
export function resized(v, before, after) {
  return panBy(v, (after.width - before.width) / 2, (after.height - before.height) / 2);
}

/**
 * The view on the next image at the zoom of the one before: what lies in the middle of the stage is as far into the image.
 * @param {View} v
 * @param {Size} before
 * @param {Size} image
 * @param {Size} stage
 */
export function carried(v, before, image, stage) {
  const [x, y] = toImage(v, stage.width / 2, stage.height / 2);
  const [ix, iy] = [(x / before.width) * image.width, (y / before.height) * image.height];
  return keepInSight(view(v.scale, stage.width / 2 - ix * v.scale, stage.height / 2 - iy * v.scale), image, stage);
}

/**
 * The XYXY box (pixel indices of its corner pixels, in order) of a drag between two pixels.
 * @param {Point} a
 * @param {Point} b
 * @returns {Box}
 */
export function boxBetween([ax, ay], [bx, by]) {
  return [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)];
}

/** @param {number} scale */
function clampScale(scale) {
  return clamp(scale, MIN_SCALE, MAX_SCALE);
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}
