// Where a part of an image has edges, how strong they are, and which way they run. Pure.
//
// Its nodes are the points where the corners of four pixels (or blocks of pixels) meet, so that a path from node to node
// runs between pixels, as the outline of an object does; along the middles of pixels it would be half a pixel off.

import { meanColors, softened } from "./window.js";

/** @import { Pixels, Point } from "../../../types.d.ts" */
/** @import { Blocks } from "./window.js" */

const FAINT = 6; // of 255: what changes less from pixel to pixel is no edge
const STRONGEST = 0.9; // of the nodes on edges, the share that is weaker than what counts as a whole edge

export class EdgeMap {
  /**
   * @param {Pixels} image
   * @param {Blocks} blocks
   */
  constructor(image, blocks) {
    this.blocks = blocks;
    this.size = image;
    this.columns = blocks.w + 1;
    this.rows = blocks.h + 1;
    const count = this.columns * this.rows;
    /** How strong the edge at each node is, from 0 to 1. */
    this.strength = new Float32Array(count);
    /** The unit vector along it; (0, 0) where there is none. */
    this.alongX = new Float32Array(count);
    this.alongY = new Float32Array(count);
    /** 1 where it is at its strongest, seen across it. */
    this.ridge = new Uint8Array(count);
    this.#measure(meanColors(image, blocks).map((plane) => softened(plane, blocks.w, blocks.h)));
    this.#scale();
    this.#findRidges();
  }

  /**
   * The node nearest to a place of the image.
   * @param {Point} place
   */
  nodeAt([x, y]) {
    const { blocks, columns, rows } = this;
    const column = Math.max(0, Math.min(columns - 1, Math.round((x - blocks.x) / blocks.factor)));
    const row = Math.max(0, Math.min(rows - 1, Math.round((y - blocks.y) / blocks.factor)));
    return row * columns + column;
  }

  /**
   * Where a node lies in the image.
   * @param {number} node
   * @returns {Point}
   */
  placeOf(node) {
    const { blocks, columns, size } = this;
    const row = Math.floor(node / columns);
    const x = blocks.x + (node - row * columns) * blocks.factor;
    return [Math.min(size.width, x), Math.min(size.height, blocks.y + row * blocks.factor)];
  }

  /**
   * The node of the strongest edge within `reach` nodes of another one, nearer ones before farther ones; null where there is none.
   * @param {number} node
   * @param {number} reach
   */
  strongestNear(node, reach) {
    const { columns, rows, strength, ridge } = this;
    const [row, column] = [Math.floor(node / columns), node % columns];
    /** @type {number | null} */
    let best = null;
    let most = 0;
    for (let y = Math.max(0, row - reach); y <= Math.min(rows - 1, row + reach); y += 1) {
      for (let x = Math.max(0, column - reach); x <= Math.min(columns - 1, column + reach); x += 1) {
        const distance = Math.hypot(x - column, y - row);
        const worth = ridge[y * columns + x] * strength[y * columns + x] * (1 - distance / (2 * reach + 1));
        if (distance <= reach && worth > most) [best, most] = [y * columns + x, worth];
      }
    }
    return best;
  }

  /**
   * The steepest change of any colour, from the four blocks round each node; there is none at the image's rim.
   * @param {Float32Array[]} planes
   */
  #measure(planes) {
    const { w, h } = this.blocks;
    for (let row = 1; row < h; row += 1) {
      for (let column = 1; column < w; column += 1) {
        const [node, block] = [row * this.columns + column, row * w + column];
        let [most, acrossX, acrossY] = [0, 0, 0];
        for (const plane of planes) {
          const falling = plane[block] - plane[block - w - 1];
          const rising = plane[block - w] - plane[block - 1];
          const [dx, dy] = [(falling + rising) / 2, (falling - rising) / 2];
          const steep = dx * dx + dy * dy;
          if (steep > most) [most, acrossX, acrossY] = [steep, dx, dy];
        }
        const steepness = Math.sqrt(most);
        if (steepness < FAINT) continue;
        this.strength[node] = steepness;
        this.alongX[node] = -acrossY / steepness;
        this.alongY[node] = acrossX / steepness;
      }
    }
  }

  // What is strong depends on the part of the image: a soft edge counts where nothing is harder.
  #scale() {
    const edges = this.strength.filter((steepness) => steepness > 0).sort();
    const whole = edges[Math.floor(STRONGEST * edges.length)] ?? 1;
    for (let node = 0; node < this.strength.length; node += 1) this.strength[node] = Math.min(1, this.strength[node] / whole);
  }

  #findRidges() {
    const { columns, rows, strength, alongX, alongY } = this;
    for (let row = 1; row < rows - 1; row += 1) {
      for (let column = 1; column < columns - 1; column += 1) {
        const node = row * columns + column;
        if (!strength[node]) continue;
        const across = Math.round(alongY[node]) - Math.round(alongX[node]) * columns;
        if (strength[node] >= strength[node - across] && strength[node] >= strength[node + across]) this.ridge[node] = 1;
      }
    }
  }
}
