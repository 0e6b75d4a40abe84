// Snapping to the edges of an image: where a click lands, and the way along edges that leads there. Pure; runs in
// pixel_worker.js, and remembers what it found round the last corner.

import { simplifiedLine } from "../../masks/simplify.js";
import { EdgeMap } from "./edge_map.js";
import { PathTree } from "./path_tree.js";
import { blocksRound } from "./window.js";

/** @import { EdgeQuestion, Pixels, Point } from "../../../types.d.ts" */

const HALF = 256; // blocks to each side of the corner: so large is the part of the image that is searched
const MARGIN = 16; // blocks of it beyond the place that is led to
const STRAIGHT = 0.75; // blocks by which the way may be straightened

export class EdgeFinder {
  /** @type {Map<number, { edges: EdgeMap, tree: PathTree }>} */
  #known = new Map(); // what was found round the last corner, by the factor
  #corner = "";

  /** @param {Pixels} image */
  constructor(image) {
    this.image = image;
  }

  /**
   * The points after `from` that lead to `to`; the last one is where `to` snaps to. Without `from`, that one alone.
   *
   * The farther it is, the coarser the search: a block of pixels is one then. So it takes about as long at any distance.
   * @param {EdgeQuestion} question
   * @returns {Point[]}
   */
  path({ from, to, reach, coarseness }) {
    const finest = 2 ** Math.max(0, Math.floor(Math.log2(coarseness)));
    const end = this.#snapped(to, reach, finest);
    if (!from) return [end];
    const far = Math.max(Math.abs(end[0] - from[0]), Math.abs(end[1] - from[1]));
    const factor = Math.max(finest, 2 ** Math.ceil(Math.log2(far / (HALF - MARGIN))));
    const { edges, tree } = this.#round(from, factor);
    const nodes = tree.pathTo(edges.nodeAt(end)).map((node) => edges.placeOf(node));
    const way = [from, ...nodes.slice(1, -1), end];
    return simplifiedLine(way, STRAIGHT * factor).slice(1).map((i) => way[i]);
  }

  /**
   * @param {Point} place
   * @param {number} reach
   * @param {number} factor
   * @returns {Point}
   */
  #snapped(place, reach, factor) {
    const near = Math.round(reach / factor);
    if (!near) return place;
    const edges = new EdgeMap(this.image, blocksRound(this.image, place, near + MARGIN, factor));
    const node = edges.strongestNear(edges.nodeAt(place), near);
    return node === null ? place : edges.placeOf(node);
  }

  /**
   * @param {Point} from
   * @param {number} factor
   */
  #round(from, factor) {
    if (String(from) !== this.#corner) this.#known.clear();
    this.#corner = String(from);
    const known = this.#known.get(factor);
    if (known) return known;
    const edges = new EdgeMap(this.image, blocksRound(this.image, from, HALF, factor));
    const found = { edges, tree: new PathTree(edges, edges.nodeAt(from)) };
    this.#known.set(factor, found);
    return found;
  }
}
