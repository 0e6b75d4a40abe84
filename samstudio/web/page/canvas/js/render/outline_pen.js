// Draws the outline of a mask into a Path2D, as far as it has no more corners than a frame has time for.

const MOST = 12_000; // corners: stroking them takes some 20 ms
const PART = 64; // loops

export class OutlinePen {
  #path = new Path2D();
  // Chromium measures the whole path whenever a loop of it is closed: so a few loops at a time are drawn, and then put together.
  #part = new Path2D();
  #loops = 0;
  #corners = 0;

  get full() {
    return this.#corners > MOST;
  }

  /** The path, or null where it would have too many corners. */
  get path() {
    if (this.full) return null;
    this.#join();
    return this.#path;
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  moveTo(x, y) {
    this.#loops += 1;
    if (this.#loops % PART === 0) this.#join();
    this.#part.moveTo(x, y);
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  lineTo(x, y) {
    this.#corners += 1;
    if (!this.full) this.#part.lineTo(x, y);
  }

  closePath() {
    this.#part.closePath();
  }

  #join() {
    this.#path.addPath(this.#part);
    this.#part = new Path2D();
  }
}
