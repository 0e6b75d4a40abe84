// The rim of a mask: its pixels that touch the background by an edge. Pure.

/** @import { Mask } from "../../types.d.ts" */

/**
 * 1 for each pixel of the mask's crop on its rim; what touches the crop's sides is.
 * @param {Mask} mask
 */
export function rimOf({ w, h, bits }) {
  const rim = new Uint8Array(w * h);
  for (let row = 0, i = 0; row < h; row += 1) {
    const outer = row === 0 || row === h - 1;
    for (let column = 0; column < w; column += 1, i += 1) {
      if (!bits[i]) continue;
      const inside = !outer && column > 0 && column < w - 1 && bits[i - 1] & bits[i + 1] & bits[i - w] & bits[i + w];
      if (!inside) rim[i] = 1;
    }
  }
  return rim;
}
