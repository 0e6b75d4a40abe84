// The cheapest paths from one node of a map of edges to the others, found as far as they are asked for. Pure.

import { BucketQueue } from "./bucket_queue.js";

/** @import { EdgeMap } from "./edge_map.js" */

const UNIT = 100; // costs are whole numbers: a step in the middle of nowhere costs about as much
const BASE = 0.3; // what a step along the best edge costs: with less, detours along strong edges nearby are taken in photographs
// How much it counts that a node is not on an edge's ridge, how weak its edge is, and that a step runs across it.
const [RIDGE, STRENGTH, DIRECTION] = [0.3, 0.2, 0.2];
const SPAN = 256; // more than a step can cost

export class PathTree {
  /**
   * @param {EdgeMap} edges
   * @param {number} root
   */
  constructor(edges, root) {
    this.edges = edges;
    const count = edges.columns * edges.rows;
    this.cost = new Float64Array(count).fill(Infinity);
    this.from = new Int32Array(count).fill(-1);
    this.settled = new Uint8Array(count);
    this.queue = new BucketQueue(count, SPAN);
    this.cost[root] = 0;
    this.queue.add(root, 0);
  }

  /**
   * The nodes of the cheapest path from the root to a node, both of them included.
   * @param {number} node
   */
  pathTo(node) {
    while (!this.settled[node]) this.#settle(this.queue.take());
    const path = [];
    for (let at = node; at >= 0; at = this.from[at]) path.push(at);
    return path.reverse();
  }

  /** @param {number} node */
  #settle(node) {
    this.settled[node] = 1;
    const { columns, rows } = this.edges;
    const [row, column] = [Math.floor(node / columns), node % columns];
    for (let dy = row ? -1 : 0; dy <= (row < rows - 1 ? 1 : 0); dy += 1) {
      for (let dx = column ? -1 : 0; dx <= (column < columns - 1 ? 1 : 0); dx += 1) {
        const other = node + dy * columns + dx;
        if (!this.settled[other]) this.#offer(node, other, this.cost[node] + stepCost(this.edges, node, other, dx, dy));
      }
    }
  }

  /**
   * @param {number} node
   * @param {number} other
   * @param {number} cost
   */
  #offer(node, other, cost) {
    const before = this.cost[other];
    if (cost >= before) return;
    if (before < Infinity) this.queue.remove(other, before);
    this.cost[other] = cost;
    this.from[other] = node;
    this.queue.add(other, cost);
  }
}

/**
 * What a step between two neighbours costs, the same both ways; (dx, dy) leads from one to the other.
 *
 * The cost of Mortensen and Barrett (Intelligent scissors for image composition, 1995): an edge's localisation, its strength and
 * its direction. Instead of the zero-crossings of the Laplacian, nodes on a ridge of the gradient are cheap: they need one scale less.
 * @param {EdgeMap} edges
 * @param {number} a
 * @param {number} b
 * @param {number} dx
 * @param {number} dy
 */
export function stepCost({ strength, ridge, alongX, alongY }, a, b, dx, dy) {
  const length = dx && dy ? Math.SQRT2 : 1;
  const off = 1 - (ridge[a] + ridge[b]) / 2;
  const weak = 1 - (strength[a] + strength[b]) / 2;
  const turn = Math.abs(alongX[a] * dx + alongY[a] * dy) + Math.abs(alongX[b] * dx + alongY[b] * dy);
  const across = Math.max(0, 1 - turn / (2 * length));
  return Math.round(UNIT * length * (BASE + RIDGE * off + STRENGTH * weak + DIRECTION * across));
}
