// The import's dialog: files are sent, a plan is shown, it is applied, and what became of everything is said.
// The server keeps the import: a page that is loaded again finds it where it was.

import { h } from "../../canvas/panels/dom.js";
import { openImage } from "../panel.js";
import { following, isBusy } from "./following.js";
import { Frame, button, primary } from "./frame.js";
import { forgotten, recalled, remember } from "./remembered.js";
import * as screens from "./screens.js";
import { Transfer } from "./transfer.js";
import * as wire from "./wire.js";

/** @import { Arrival, ImportChoice, ImportInfo } from "../../canvas/js/types.d.ts" */
/** @import { Screen } from "./screens.js" */

/** @type {ImportChoice} */
const USUAL = { format: "auto", category: "object", status: "accepted", doubtful: false, split_parts: false, group_by_folder: false, page: null, channels: null, contrast: null };

export class ImportDialog {
  constructor() {
    this.frame = new Frame("Import", () => this.close());
    /** @type {ImportInfo | null} */
    this.session = null;
    /** @type {Transfer | null} */
    this.transfer = null;
    this.choice = USUAL;
    /** @type {Set<string>} */
    this.taken = new Set(); // formats in which these files have come in
    this.turn = 0; // what was asked for before the last close is not drawn
  }

  /** Show the dialog: with the import that was begun here, or to choose files. */
  async open() {
    if (this.frame.isOpen) return;
    const { turn } = this;
    this.frame.show();
    this.frame.wait("Looking for an import that was begun", [button("Close", () => this.close())]);
    const id = recalled();
    const session = id ? await wire.look(id) : null;
    if (turn !== this.turn) return;
    if (session && session.error === undefined) this.go(session);
    else this.chooser();
  }

  /** Close the dialog; an import that has ended, or was not begun, is forgotten. */
  close() {
    this.turn += 1;
    this.transfer?.stop();
    if (this.session?.state !== "applying") this.forget();
    this.session = this.transfer = null;
    this.taken.clear();
    this.choice = { ...USUAL, category: this.choice.category, status: this.choice.status };
    this.frame.close();
  }

  forget() {
    if (!this.session) return;
    forgotten(this.session.id);
    wire.forget(this.session.id);
  }

  restart() {
    this.forget();
    this.session = this.transfer = null;
    this.taken.clear();
    this.choice = { ...this.choice, format: "auto" };
    this.chooser();
  }

  /** @param {string} id */
  openFirst(id) {
    this.close();
    openImage(id);
  }

  // ------------------------------------------------------------ showing

  /** @param {Screen} screen */
  draw({ body, foot }) {
    this.frame.draw(body, foot);
  }

  /** @param {string} [why] what went wrong before */
  chooser(why = "") {
    this.frame.busy = false;
    this.draw(screens.choosing(this, why));
  }

  /**
   * Say what went wrong, with a way to try again.
   * @param {string} text
   * @param {() => void} again
   */
  said(text, again) {
    this.frame.failed(text, [button("Close", () => this.close()), primary("Try again", again)]);
  }

  /**
   * Show an import as it is, and follow it while the server is at work on it.
   * @param {ImportInfo} session
   * @param {string} [why] a choice could not be taken
   * @returns {unknown}
   */
  go(session, why = "") {
    this.session = session;
    if (isBusy(session)) return void this.follow(session);
    this.frame.busy = false;
    if (session.state === "collecting") return this.collected(session);
    if (session.state === "done" && session.plan?.format) this.taken.add(session.plan.format);
    if (session.state !== "planned") return this.draw(screens.reported(this, session, this.taken));
    if (!session.plan) return this.chooser();
    return this.draw(screens.planned(this, session, session.plan, this.choice, why));
  }

  /** @param {ImportInfo} session */
  async collected({ id, problem }) {
    const { turn } = this;
    if (problem) {
      const again = this.transfer ? "Choose other files" : "Start over";
      return this.frame.failed(problem, [button("Close", () => this.close()), primary(again, () => this.restart())]);
    }
    const there = await wire.arrived(id);
    if (turn !== this.turn) return undefined;
    return there?.size ? this.draw(screens.begun(this, there.size)) : this.chooser();
  }

  // ------------------------------------------------------------ files

  /**
   * Bring files in: into the import that is shown while it collects, else into a new one.
   * @param {readonly Arrival[]} arrivals
   * @param {readonly string[]} unread
   * @returns {Promise<void>}
   */
  async bring(arrivals, unread) {
    if (this.frame.busy) return this.putOff(arrivals, unread);
    if (!this.frame.isOpen) this.frame.show();
    if (!arrivals.length) return this.said(unread.join(" "), () => this.chooser());
    this.frame.wait("Making room for the files");
    if (this.transfer && this.session?.state === "planned") this.session = { ...this.session, state: "collecting" };
    if (!this.transfer || this.session?.state !== "collecting") {
      if (this.session) wire.forget(this.session.id);
      const session = await wire.start();
      if (session.error !== undefined) return this.said(session.error, () => this.bring(arrivals, unread));
      this.session = session;
      this.taken.clear();
      remember(session.id);
      this.transfer = new Transfer(session.id, () => this.drawSending());
    }
    return this.send(unread, arrivals);
  }

  /**
   * Files that come while others are sent come after them; while the server is at work there is no place for them.
   * @param {readonly Arrival[]} arrivals
   * @param {readonly string[]} unread
   */
  putOff(arrivals, unread) {
    if (this.transfer?.running) this.transfer.follow(arrivals, unread);
    else this.frame.foot.prepend(h("p.ss-quiet", { role: "alert" }, "These files were not taken: wait until this has ended."));
  }

  /**
   * Send what was not sent before, and more.
   * @param {readonly string[]} unread
   * @param {readonly Arrival[]} [arrivals]
   * @returns {Promise<void>}
   */
  async send(unread, arrivals = []) {
    const { transfer, turn } = this;
    if (!transfer) return;
    this.frame.busy = true;
    await transfer.run(arrivals, unread);
    if (turn !== this.turn) return;
    this.frame.busy = false;
    if (transfer.isIncomplete) this.drawSending();
    else await this.plan();
  }

  drawSending() {
    if (this.transfer) this.draw(screens.uploading(this, this.transfer.upload, this.transfer.unread, this.frame.busy));
  }

  // ------------------------------------------------------------ the server's work

  /**
   * @param {Partial<ImportChoice>} [choice]
   * @returns {Promise<void>}
   */
  async plan(choice = {}) {
    const { session, turn } = this;
    if (!session) return;
    const before = this.choice;
    this.choice = { ...before, ...choice };
    this.frame.wait("Looking through the files");
    const reply = await wire.plan(session.id, this.choice);
    if (turn !== this.turn) return;
    if (reply.error === undefined) return void this.go(reply);
    this.choice = before;
    if (session.plan) this.go({ ...session, state: "planned" }, reply.error);
    else this.said(reply.error, () => this.plan());
    return undefined;
  }

  async apply() {
    const { session, turn } = this;
    if (!session) return;
    this.frame.wait("Importing");
    const reply = await wire.apply(session.id);
    if (turn !== this.turn) return;
    if (reply.error !== undefined) this.said(reply.error, () => this.apply());
    else this.go(reply);
  }

  cancelWork() {
    return this.session && wire.cancel(this.session.id);
  }

  /** @param {ImportInfo} session */
  async follow(session) {
    const { turn } = this;
    this.frame.busy = true;
    const ended = await following(session, (now, lost) => {
      if (turn !== this.turn) return false;
      this.session = now;
      this.draw(screens.working(this, now, lost));
      return true;
    });
    if (turn !== this.turn) return;
    if (ended.error !== undefined) this.chooser(ended.error);
    else this.go(ended);
  }
}
