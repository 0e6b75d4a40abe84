// Selecting images in the gallery, by the mouse and by the keys; what can be done to them is in bar.js.
//
// While nothing is selected a click opens an image. While something is, a click selects or deselects, as the round sign
// on each card and Ctrl+click always do, and a double click opens. Shift extends from where the last one was clicked.

import { closest } from "../../canvas/panels/dom.js";
import { Band } from "./band.js";
import { between, inBlock, indexesIn, placeIn } from "./ranges.js";
import { Selection } from "./selection.js";

/** @import { Grid } from "./grid.js" */
/** @import { ImageList } from "./image_list.js" */
/** @import { Block, Place } from "./ranges.js" */
/** @import { Totals } from "./select_types.d.ts" */
/** @import { Call, Query } from "./types.d.ts" */

const RECOUNT = 150; // milliseconds after a change until what is selected is counted by the server

export class Selecting {
  /**
   * @param {{ grid: Grid, list: ImageList, call: Call, changed: (totals: Totals | null) => void, failed: (error: unknown) => void }} parts
   * `changed`: called when something else is selected, and again with what the server counts
   */
  constructor({ grid, list, call, changed, failed }) {
    this.grid = grid;
    this.list = list;
    this.call = call;
    this.changed = changed;
    this.failed = failed;
    this.selection = new Selection();
    this.base = new Selection(); // what was selected before the range, or the rubber band, that is being drawn
    /** @type {Place | null} */
    this.anchor = null; // where a range begins
    this.asked = 0;
    /** @type {Query} */
    this.query = {};
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    grid.isSelected = (card) => this.selection.has(card.number);
    grid.onMove = (index, event, from) => this.#walked(index, event, from);
    this.band = new Band(grid, {
      begun: (event) => this.#bandBegun(event),
      drawn: (block) => this.#show(block, this.#known(block)),
      ended: (block) => void this.#bandEnded(block),
      stopped: () => this.#become(this.base),
    });
  }

  get isEmpty() {
    return this.selection.isEmpty;
  }

  /** How many images are selected. */
  get count() {
    return this.selection.count(this.list.total);
  }

  /**
   * A card was clicked; tells whether that was about the selection.
   * @param {number} index
   * @param {MouseEvent} event
   */
  click(index, event) {
    const button = closest(event, "button");
    if (button && !button.matches("[data-pick]")) return false;
    const { active } = this.grid;
    if (event.shiftKey) {
      this.grid.go(index);
      this.#extend(index, active);
      return true;
    }
    if (!button && !event.ctrlKey && !event.metaKey && this.isEmpty) return false;
    this.grid.go(index);
    this.toggle(index);
    return true;
  }

  /** @param {number} index */
  toggle(index) {
    const card = this.list.at(index);
    if (!card) return;
    this.asked += 1;
    this.#become(this.selection.copy().turn([card.number]));
    this.#begin(index);
  }

  all() {
    this.asked += 1;
    this.anchor = null;
    if (this.list.total) this.#become(new Selection([], true));
  }

  clear() {
    this.asked += 1;
    this.anchor = null;
    this.band.stop();
    this.#become(new Selection());
  }

  /** Leave the rubber band that is being drawn, else the selection; tells whether there was one. */
  escape() {
    const was = this.band.isDrawn || !this.isEmpty;
    if (this.band.isDrawn) this.band.stop();
    else if (was) this.clear();
    return was;
  }

  /**
   * The list is another one, or has changed: what it does not find any more is not selected.
   * @param {Query} query
   */
  follow(query) {
    const same = filters(query) === filters(this.query);
    this.query = query;
    if (!same) return this.clear();
    if (!this.isEmpty) this.#said();
  }

  /** What is selected, as the server takes it. */
  wire() {
    return this.selection.wire(this.list.query);
  }

  /** @param {number} index */
  #begin(index) {
    this.anchor = placeIn(this.list, index);
    this.base = this.selection.copy();
  }

  /**
   * The keys have walked.
   * @param {number} index
   * @param {KeyboardEvent | MouseEvent} event
   * @param {number} from
   */
  #walked(index, event, from) {
    if (event.shiftKey) this.#extend(index, from);
    else this.anchor = null;
  }

  /**
   * Select up to a card.
   * @param {number} index
   * @param {number} from where to begin, if nothing was begun
   */
  async #extend(index, from) {
    if (!this.anchor) this.#begin(from);
    const anchor = this.anchor ?? placeIn(this.list, from);
    const mine = (this.asked += 1);
    try {
      const numbers = await between(this.call, this.list, anchor, placeIn(this.list, index));
      if (mine === this.asked) this.#become(this.base.copy().set(numbers, true));
    } catch (error) {
      if (mine === this.asked) this.failed(error);
    }
  }

  // What the band covers is added; with Ctrl it is turned round.
  /** @param {PointerEvent} event */
  #bandBegun(event) {
    this.asked += 1;
    this.anchor = null;
    this.turns = event.ctrlKey || event.metaKey;
    this.base = this.selection.copy();
  }

  /** @param {Block | null} block */
  async #bandEnded(block) {
    const mine = (this.asked += 1);
    try {
      const numbers = block ? await inBlock(this.call, this.list, this.grid.layout.columns, block) : [];
      if (mine === this.asked) this.#show(block, numbers);
    } catch (error) {
      this.failed(error);
    }
    this.grid.scroller.focus({ preventScroll: true });
  }

  /** @param {Block | null} block */
  #known(block) {
    const indexes = block ? indexesIn(block, this.grid.layout.columns, this.list.total) : [];
    return indexes.flatMap((index) => this.list.at(index)?.number ?? []);
  }

  /**
   * @param {Block | null} block
   * @param {number[]} numbers
   */
  #show(block, numbers) {
    if (block) this.grid.active = indexesIn(block, this.grid.layout.columns, this.list.total)[0];
    this.#become(this.turns ? this.base.copy().turn(numbers) : this.base.copy().set(numbers, true));
  }

  /** @param {Selection} selection */
  #become(selection) {
    this.selection = selection;
    this.#said();
  }

  #said() {
    this.grid.draw();
    this.changed(null);
    clearTimeout(this.timer);
    if (!this.isEmpty) this.timer = setTimeout(() => this.#count(), RECOUNT);
  }

  async #count() {
    const { selection } = this;
    try {
      const totals = await this.call("selection_totals", { selection: this.wire() });
      if (selection !== this.selection) return;
      selection.forget(totals.gone);
      if (!totals.images) return this.clear();
      this.grid.draw();
      this.changed(totals);
    } catch (error) {
      this.failed(error);
    }
  }
}

/**
 * What a query asks, its order aside.
 * @param {Query} query
 */
function filters(query) {
  return String(new URLSearchParams(Object.entries(query).filter(([name]) => name !== "sort" && name !== "descending").toSorted()));
}
