// The files of one import on their way to the server; those that come meanwhile follow.

import { Upload } from "./upload.js";

/** @import { Arrival } from "../../canvas/js/types.d.ts" */

export class Transfer {
  /**
   * @param {string} id of the import
   * @param {() => void} draw shows how far it is
   */
  constructor(id, draw) {
    this.upload = new Upload(id, () => this.drawSoon());
    this.draw = draw;
    this.running = false;
    /** @type {readonly string[]} */
    this.unread = []; // sentences on what could not be read
    /** @type {{ arrivals: readonly Arrival[], unread: readonly string[] }[]} */
    this.later = [];
    this.drawing = false;
  }

  /**
   * Send files, what was not sent before, and then what came meanwhile.
   * @param {readonly Arrival[]} arrivals
   * @param {readonly string[]} unread
   * @returns {Promise<void>}
   */
  async run(arrivals, unread) {
    this.running = true;
    this.unread = unread;
    this.upload.add(arrivals);
    this.draw();
    await this.upload.run();
    const next = this.later.shift();
    if (next) return this.run(next.arrivals, [...unread, ...next.unread]);
    this.running = false;
    return undefined;
  }

  /**
   * Files for after those that are sent now.
   * @param {readonly Arrival[]} arrivals
   * @param {readonly string[]} unread
   */
  follow(arrivals, unread) {
    this.later.push({ arrivals, unread });
  }

  stop() {
    this.later = [];
    this.upload.stop();
  }

  /** Whether a person has to decide what to do about files that are not there. */
  get isIncomplete() {
    return this.upload.of("refused", "unsent").length > 0 || this.unread.length > 0;
  }

  drawSoon() {
    if (this.drawing) return;
    this.drawing = true;
    requestAnimationFrame(() => {
      this.drawing = false;
      if (this.running) this.draw();
    });
  }
}
