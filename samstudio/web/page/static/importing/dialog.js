// The import's dialog: files are sent, a plan is shown, it is applied, and what became of everything is said.
// The server keeps the import: a page that is loaded again finds it where it was.

import { h } from "../../canvas/panels/dom.js";
import { openImage } from "../panel.js";
import { filesOfChoice } from "./files.js";
import { Frame, button, primary, problem } from "./frame.js";
import { number } from "./numbers.js";
import { options } from "./options.js";
import { forgotten, recalled, remember } from "./remembered.js";
import { Upload } from "./upload.js";
import { countsTable, doubts, formats, outcomes, progress, sending } from "./views.js";
import * as wire from "./wire.js";

/** @import { Arrival, ImportChoice, ImportInfo } from "../../canvas/js/types.d.ts" */
/** @import { Reply } from "../../canvas/sync/http.js" */

const EVERY = 500; // milliseconds between two questions on how far the server is

/** @type {ImportChoice} */
const USUAL = { format: "auto", category: "object", status: "accepted", doubtful: false, split_parts: false, page: null, channels: null, contrast: null };

export class ImportDialog {
  constructor() {
    this.frame = new Frame("Import", () => this.close());
    /** @type {ImportInfo | null} */
    this.session = null;
    /** @type {Upload | null} */
    this.upload = null;
    this.choice = USUAL;
    /** @type {readonly string[]} */
    this.unread = [];
    this.drawing = false;
    /** @type {{ arrivals: readonly Arrival[], unread: readonly string[] }[]} */
    this.later = []; // what came while other files were sent
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
    if (this.upload && this.session?.state === "planned") this.session = { ...this.session, state: "collecting" };
    if (!this.upload || this.session?.state !== "collecting") {
      if (this.session) wire.forget(this.session.id);
      const session = await wire.start();
      if (session.error !== undefined) return this.said(session.error, () => this.bring(arrivals, unread));
      this.session = session;
      remember(session.id);
      this.upload = new Upload(session.id, () => this.drawSoon());
    }
    this.upload.add(arrivals);
    return this.send(unread);
  }

  /**
   * Files that come while others are sent come after them; while the server is at work there is no place for them.
   * @param {readonly Arrival[]} arrivals
   * @param {readonly string[]} unread
   */
  putOff(arrivals, unread) {
    if (this.session?.state === "collecting" && this.upload) this.later.push({ arrivals, unread });
    else this.frame.foot.prepend(h("p.ss-quiet", { role: "alert" }, "These files were not taken: wait until this has ended."));
  }

  /** Close the dialog; an import that has ended, or was not begun, is forgotten. */
  close() {
    this.turn += 1;
    this.upload?.stop();
    const id = this.session?.id;
    if (id && this.session?.state !== "applying") {
      forgotten(id);
      wire.forget(id);
    }
    this.session = this.upload = null;
    this.later = [];
    this.choice = { ...USUAL, category: this.choice.category, status: this.choice.status };
    this.frame.close();
  }

  /**
   * Say what went wrong, with a way to try again.
   * @param {string} text
   * @param {() => void} again
   */
  said(text, again) {
    this.frame.failed(text, [button("Close", () => this.close()), primary("Try again", again)]);
  }

  // ------------------------------------------------------------ files

  /** @param {string} [why] what went wrong before */
  chooser(why = "") {
    this.frame.busy = false;
    const choose = (/** @type {boolean} */ folder) => {
      const input = h("input", { type: "file", multiple: true, webkitdirectory: folder });
      input.addEventListener("change", () => this.bring(filesOfChoice(input.files), []));
      input.click();
    };
    this.frame.draw(
      [
        why ? problem(why) : null,
        h(
          "div.ss-import-drop",
          {},
          h("p", {}, "Drop files, a folder, a ZIP or a tar here, or choose them."),
          h("div.ss-row", {}, primary("Choose files", () => choose(false)), button("Choose a folder", () => choose(true))),
          h("p.ss-quiet", {}, "Images alone, images with their annotations, or annotations for images that are here already. You see what would come in before anything does."),
        ),
      ],
      [button("Close", () => this.close())],
    );
  }

  /**
   * @param {readonly string[]} unread
   * @returns {Promise<void>}
   */
  async send(unread) {
    const { upload, turn } = this;
    if (!upload) return;
    this.frame.busy = true;
    this.unread = unread;
    this.drawSending();
    await upload.run();
    if (turn !== this.turn) return;
    this.frame.busy = false;
    const next = this.later.shift();
    if (next) return this.bring(next.arrivals, [...unread, ...next.unread]);
    const out = upload.of("refused", "unsent");
    if (out.length || unread.length) return this.drawSending();
    return this.plan();
  }

  drawSoon() {
    if (this.drawing) return;
    this.drawing = true;
    requestAnimationFrame(() => {
      this.drawing = false;
      if (this.frame.busy && this.upload && this.session?.state === "collecting") this.drawSending();
    });
  }

  drawSending() {
    const { upload, unread = [] } = this;
    if (!upload) return;
    const out = upload.of("refused", "unsent");
    const some = upload.of("arrived").length > 0;
    const unreadable = unread.length ? h("ul.ss-outcomes", {}, unread.map((text) => h("li", {}, h("p", {}, text)))) : null;
    const ended = [
      button("Cancel", () => this.close()),
      some ? button(out.length === 1 ? "Go on without it" : "Go on without these", () => this.plan()) : null,
      out.length ? primary("Send again", () => this.send([])) : null,
    ];
    this.frame.draw([...sending(upload), unreadable], this.frame.busy ? [button("Cancel", () => this.close())] : ended);
  }

  // ------------------------------------------------------------ plan

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
    if (session.plan) this.drawPlan(session, reply.error);
    else this.said(reply.error, () => this.plan());
    return undefined;
  }

  /**
   * Show an import as it is, and follow it while the server is at work on it.
   * @param {ImportInfo} session
   * @returns {unknown}
   */
  go(session) {
    this.session = session;
    if (session.state === "planning" || session.state === "applying") return void this.follow(session);
    this.frame.busy = false;
    if (session.state === "collecting") return this.collected(session);
    if (session.state === "planned") return this.drawPlan(session);
    return this.drawReport(session);
  }

  /** @param {ImportInfo} session */
  async follow(session) {
    const { turn } = this;
    this.frame.busy = true;
    /** @type {Reply<ImportInfo>} */
    let now = session;
    while (turn === this.turn && now.error === undefined && (now.state === "planning" || now.state === "applying")) {
      this.session = now;
      this.drawWork(now, "");
      await new Promise((resolve) => setTimeout(resolve, EVERY));
      const reply = await wire.look(session.id);
      if (reply.error === wire.LOST) this.drawWork(now, "The server does not answer now; trying again.");
      else now = reply;
    }
    if (turn !== this.turn) return;
    if (now.error !== undefined) this.chooser(now.error);
    else this.go(now);
  }

  /**
   * @param {ImportInfo} session
   * @param {string} lost
   */
  drawWork({ id, state, progress: now }, lost) {
    const total = now?.total ?? 0;
    const doing = state === "planning" ? "Looking through the files" : "Importing";
    const far = now && total ? `${doing}: ${number(now.done)} of ${number(total)} images` : doing;
    const name = now?.name ? h("p.ss-quiet.ss-import-name", { translate: "no" }, now.name) : null;
    const line = lost ? h("p.ss-warned", {}, lost) : name;
    this.frame.draw([progress(far, now && total ? now.done / total : null), line], [button("Cancel", () => wire.cancel(id))]);
  }

  /** @param {ImportInfo} session */
  async collected(session) {
    const { turn } = this;
    if (session.problem) {
      const retry = this.upload ? [primary("Choose other files", () => this.restart())] : [primary("Start over", () => this.restart())];
      return this.frame.failed(session.problem, [button("Close", () => this.close()), ...retry]);
    }
    const there = await wire.arrived(session.id);
    if (turn !== this.turn) return undefined;
    if (!there?.size) return this.chooser();
    const files = there.size === 1 ? "1 file of an import that was begun has arrived." : `${number(there.size)} files of an import that was begun have arrived.`;
    return this.frame.draw(
      [h("p", {}, files), h("p.ss-quiet", {}, "Go on with them, or start over.")],
      [button("Start over", () => this.restart()), primary("Go on", () => this.plan())],
    );
  }

  async restart() {
    const id = this.session?.id;
    this.session = this.upload = null;
    this.choice = { ...this.choice, format: "auto" };
    if (id) {
      forgotten(id);
      wire.forget(id);
    }
    this.chooser();
  }

  /**
   * @param {ImportInfo} session
   * @param {string} [why] a choice could not be taken
   */
  drawPlan(session, why = "") {
    const { plan } = session;
    if (!plan) return this.chooser();
    this.frame.busy = false;
    const choosing = plan.choices.length > 1 ? [h("h3", {}, plan.format ? "Format" : "These files may be in several formats. Which is it?"), formats(plan.choices, plan.format, (format) => this.plan({ format }))] : [];
    if (!plan.counts) return this.frame.draw(choosing, [button("Cancel", () => this.close())]);
    const [format] = plan.choices;
    const found = plan.choices.length === 1 ? h("p.ss-found", {}, h("strong", {}, format.label), " ", h("span.ss-quiet", {}, format.why)) : null;
    const fresh = plan.counts.images.new + plan.counts.objects.new;
    return this.frame.draw(
      [why ? problem(why) : null, found, ...choosing, ...countsTable(plan.counts, false), options(this.choice, plan, (choice) => this.plan(choice)), ...doubts(session, plan), ...outcomes(plan.groups)],
      [
        fresh ? null : h("p.ss-quiet", {}, "Nothing of this is new."),
        button("Cancel", () => this.close()),
        primary("Import", () => this.apply(), { disabled: !fresh }),
      ],
    );
  }

  // ------------------------------------------------------------ applying

  async apply() {
    const { session, turn } = this;
    if (!session) return;
    this.frame.wait("Importing");
    const reply = await wire.apply(session.id);
    if (turn !== this.turn) return;
    if (reply.error !== undefined) this.said(reply.error, () => this.apply());
    else this.go(reply);
  }

  /** @param {ImportInfo} session */
  drawReport({ state, report, problem }) {
    const first = report?.first_image;
    const say = { done: ["good", "The import is done."], cancelled: ["warn", "The import was cancelled. What had come in stays."], failed: ["bad", problem] }[
      /** @type {"done" | "cancelled" | "failed"} */ (state)
    ];
    this.frame.draw(
      [
        h(`div.ss-say.ss-${say[0]}`, { role: state === "failed" ? "alert" : "status" }, say[1]),
        ...(report ? countsTable(report.counts, true) : []),
        ...(report ? outcomes(report.groups) : []),
      ],
      [
        state === "done" ? null : button("Import the rest", () => this.apply()),
        button("Close", () => this.close()),
        first ? primary("Open the first image", () => this.openFirst(first)) : null,
      ],
    );
  }

  /** @param {string} id */
  openFirst(id) {
    this.close();
    openImage(id);
  }
}
