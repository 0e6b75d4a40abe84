// A part of an image, made smaller: what the search for edges looks at. Pure.

/** @import { Frame, Pixels, Point } from "../../../types.d.ts" */

/**
 * Blocks of `factor` x `factor` pixels, `w` of them in a row and `h` rows, from pixel (x, y) on.
 * @typedef {Frame & { readonly factor: number }} Blocks
 */

/**
 * The blocks of an image within `half` blocks of a place.
 * @param {Pixels} image
 * @param {Point} place
 * @param {number} half
 * @param {number} factor
 * @returns {Blocks}
 */
export function blocksRound({ width, height }, [x, y], half, factor) {
  /**
   * @param {number} at
   * @param {number} size
   */
  const range = (at, size) => {
    const middle = Math.floor(at / factor);
    const first = Math.max(0, middle - half);
    return [first * factor, Math.min(middle + half, Math.ceil(size / factor)) - first];
  };
  const [[left, w], [top, h]] = [range(x, width), range(y, height)];
  return { x: left, y: top, w, h, factor };
}

/**
 * The mean colour of each block: red, green and blue as planes of their own.
 * @param {Pixels} image
 * @param {Blocks} blocks
 * @returns {Float32Array[]}
 */
export function meanColors({ data, width, height }, { x, y, w, h, factor }) {
  const planes = [0, 1, 2].map(() => new Float32Array(w * h));
  for (let row = 0; row < h; row += 1) {
    const [top, bottom] = [y + row * factor, Math.min(height, y + (row + 1) * factor)];
    for (let column = 0; column < w; column += 1) {
      const [left, right] = [x + column * factor, Math.min(width, x + (column + 1) * factor)];
      let [red, green, blue] = [0, 0, 0];
      for (let py = top; py < bottom; py += 1) {
        for (let i = 4 * (py * width + left); i < 4 * (py * width + right); i += 4) {
          red += data[i];
          green += data[i + 1];
          blue += data[i + 2];
        }
      }
      const [at, count] = [row * w + column, (bottom - top) * (right - left)];
      planes[0][at] = red / count;
      planes[1][at] = green / count;
      planes[2][at] = blue / count;
    }
  }
  return planes;
}

/**
 * A plane with its noise softened: each value's mean with its neighbours, weighted 1 2 1 both ways.
 * @param {Float32Array} plane
 * @param {number} w
 * @param {number} h
 */
export function softened(plane, w, h) {
  const across = new Float32Array(plane.length);
  for (let row = 0, i = 0; row < h; row += 1) {
    for (let column = 0; column < w; column += 1, i += 1) {
      across[i] = (2 * plane[i] + plane[column ? i - 1 : i] + plane[column < w - 1 ? i + 1 : i]) / 4;
    }
  }
  const both = new Float32Array(plane.length);
  for (let row = 0, i = 0; row < h; row += 1) {
    for (let column = 0; column < w; column += 1, i += 1) {
      both[i] = (2 * across[i] + across[row ? i - w : i] + across[row < h - 1 ? i + w : i]) / 4;
    }
  }
  return both;
}
