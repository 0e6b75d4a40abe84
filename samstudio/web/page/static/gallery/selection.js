// Which images are selected: some by their numbers, or all that the list's query finds but some. Pure.

/** @import { WireSelection } from "./select_types.d.ts" */
/** @import { Query } from "./types.d.ts" */

export class Selection {
  /**
   * @param {Iterable<number>} [numbers]
   * @param {boolean} [others] all are selected but these
   */
  constructor(numbers = [], others = false) {
    this.numbers = new Set(numbers);
    this.others = others;
  }

  copy() {
    return new Selection(this.numbers, this.others);
  }

  /** Whether it is certain that none is selected. */
  get isEmpty() {
    return !this.others && this.numbers.size === 0;
  }

  /** @param {number} number */
  has(number) {
    return this.numbers.has(number) !== this.others;
  }

  /**
   * @param {Iterable<number>} numbers
   * @param {boolean} selected
   */
  set(numbers, selected) {
    for (const number of numbers) {
      if (selected === this.others) this.numbers.delete(number);
      else this.numbers.add(number);
    }
    return this;
  }

  /** @param {Iterable<number>} numbers */
  turn(numbers) {
    for (const number of numbers) this.set([number], !this.has(number));
    return this;
  }

  /**
   * Forget numbers of images that the list has no more.
   * @param {Iterable<number>} numbers
   */
  forget(numbers) {
    for (const number of numbers) this.numbers.delete(number);
  }

  /**
   * How many of a list of `total` images are selected; each of `numbers` is in that list.
   * @param {number} total
   */
  count(total) {
    return this.others ? Math.max(0, total - this.numbers.size) : this.numbers.size;
  }

  /**
   * As the server takes it.
   * @param {Query} query
   * @returns {WireSelection}
   */
  wire(query) {
    return { query, numbers: [...this.numbers], others: this.others };
  }
}
