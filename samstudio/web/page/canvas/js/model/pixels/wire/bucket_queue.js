// A queue of nodes by whole-numbered costs: Dial's, a ring of buckets (Algorithm 360: shortest-path forest with
// topological ordering, 1969).

export class BucketQueue {
  #next;
  #previous;
  #first;
  #at = 0; // the lowest cost that may still be in it
  #length = 0;

  /**
   * @param {number} nodes how many there are
   * @param {number} span more than the costs of two nodes that are in it together can differ by
   */
  constructor(nodes, span) {
    this.span = span;
    this.#next = new Int32Array(nodes);
    this.#previous = new Int32Array(nodes);
    this.#first = new Int32Array(span).fill(-1);
  }

  /**
   * @param {number} node
   * @param {number} cost
   */
  add(node, cost) {
    const bucket = cost % this.span;
    const first = this.#first[bucket];
    this.#next[node] = first;
    this.#previous[node] = -1;
    if (first >= 0) this.#previous[first] = node;
    this.#first[bucket] = node;
    this.#length += 1;
  }

  /**
   * @param {number} node
   * @param {number} cost that it was added with
   */
  remove(node, cost) {
    const [next, previous] = [this.#next[node], this.#previous[node]];
    if (next >= 0) this.#previous[next] = previous;
    if (previous >= 0) this.#next[previous] = next;
    else this.#first[cost % this.span] = next;
    this.#length -= 1;
  }

  /** Take out a node of the lowest cost; -1 where there is none. */
  take() {
    if (!this.#length) return -1;
    while (this.#first[this.#at % this.span] < 0) this.#at += 1;
    const node = this.#first[this.#at % this.span];
    this.remove(node, this.#at);
    return node;
  }
}
