// The import's dialog: files are sent, a plan is shown, it is applied, and what became of everything is said.
// The server keeps the import: a page that is loaded again finds it where it was.

import { h } from "../../canvas/panels/dom.js";
import { openImage } from "../panel.js";
import { filesOfChoice } from "./files.js";
import { number } from "./numbers.js";
import { Upload } from "./upload.js";
import { closeButton, countsTable, doubts, formats, outcomes, progress, sending } from "./views.js";
import * as wire from "./wire.js";

/** @import { Arrival, ImportChoice, ImportInfo } from "../../canvas/js/types.d.ts" */
/** @import { Reply } from "../../canvas/sync/http.js" */

const EVERY = 500; // milliseconds between two questions on how far the server is
const KEY = "samstudio.import"; // the import that this browser has begun

/** @typedef {(Node | null | false | undefined)[]} Nodes */

export class ImportDialog {
  constructor() {
    this.body = h("div.ss-panel.ss-import-body");
    this.foot = h("div.ss-row.ss-import-foot");
    this.title = h("h2", { id: "ss-import-title" }, "Import");
    this.dialog = h("dialog.ss-dialog.ss-import", { "aria-labelledby": "ss-import-title" }, closeButton(() => this.close()), this.title, this.body, this.foot);
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault(); // Escape closes it only where nothing is going on
      if (!this.busy) this.close();
    });
    /** @type {ImportInfo | null} */
    this.session = null;
    /** @type {Upload | null} */
    this.upload = null;
    /** @type {ImportChoice} */
    this.choice = { format: "auto", category: "object", status: "accepted", doubtful: false };
    this.busy = false;
    this.drawing = false;
    this.fresh = false;
    /** @type {{ arrivals: readonly Arrival[], unread: readonly string[] }[]} */
    this.later = []; // what came while other files were sent
    this.turn = 0; // what was asked for before the last close is not drawn
  }

  /** Show the dialog: with the import that was begun here, or to choose files. */
  async open() {
    if (this.dialog.open) return;
    this.show();
    this.wait("Looking for an import that was begun");
    const id = recalled();
    const session = id ? await wire.look(id) : null;
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
    if (this.busy) return this.putOff(arrivals, unread);
    if (!this.dialog.open) this.show();
    if (!arrivals.length) return this.said(unread.join(" "), () => this.chooser());
    this.wait("Making room for the files");
    if (!this.upload || !this.session || this.session.state !== "collecting") {
      const id = recalled();
      if (id) await wire.forget(id);
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
    else this.foot.prepend(h("p.ss-quiet", { role: "alert" }, "These files were not taken: wait until this has ended."));
  }

  show() {
    // Inside .contain, where Gradio scopes the page's style sheets to.
    if (!this.dialog.isConnected) (document.querySelector(".gradio-container .contain") ?? document.body).append(this.dialog);
    this.dialog.showModal();
    this.fresh = true;
  }

  /** Close the dialog; an import that has ended, or was not begun, is forgotten. */
  close() {
    this.turn += 1;
    this.upload?.stop();
    const id = this.session?.id;
    if (id && this.session?.state !== "applying") {
      remember(null);
      wire.forget(id);
    }
    this.session = this.upload = null;
    this.later = [];
    this.busy = false;
    this.choice = { ...this.choice, format: "auto" };
    this.dialog.close();
  }

  /**
   * @param {Nodes} body
   * @param {Nodes} foot
   */
  draw(body, foot) {
    this.body.replaceChildren(...body.filter((one) => one instanceof Node));
    this.foot.replaceChildren(...foot.filter((one) => one instanceof Node));
    // What had the focus may be gone; a dialog that was just opened gives it to the cross.
    const first = this.dialog.querySelector(".ss-primary:not(:disabled)") ?? this.foot.querySelector("button");
    const lost = !document.activeElement?.closest(".ss-import > *");
    if ((lost || this.fresh) && first instanceof HTMLElement) {
      first.focus();
      this.fresh = false;
    }
  }

  /** @param {string} text */
  wait(text) {
    this.busy = true;
    this.draw([progress(text, null)], []);
  }

  /**
   * Say what went wrong, with a way to try again.
   * @param {string} text
   * @param {() => void} again
   */
  said(text, again) {
    this.busy = false;
    this.draw([h("div.ss-say.ss-bad", { role: "alert" }, text)], [button("Close", () => this.close()), primary("Try again", again)]);
  }

  // ------------------------------------------------------------ files

  /** @param {string} [problem] */
  chooser(problem = "") {
    this.busy = false;
    const choose = (/** @type {boolean} */ folder) => {
      const input = h("input", { type: "file", multiple: true, webkitdirectory: folder });
      input.addEventListener("change", () => this.bring(filesOfChoice(input.files), []));
      input.click();
    };
    this.draw(
      [
        problem ? h("div.ss-say.ss-bad", { role: "alert" }, problem) : null,
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
    this.busy = true;
    this.unread = unread;
    this.drawSending();
    await upload.run();
    if (turn !== this.turn) return;
    this.busy = false;
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
      if (this.busy && this.upload && this.session?.state === "collecting") this.drawSending();
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
    this.draw([...sending(upload), unreadable], this.busy ? [button("Cancel", () => this.close())] : ended);
  }

  // ------------------------------------------------------------ plan

  /** @param {Partial<ImportChoice>} [choice] */
  async plan(choice = {}) {
    const { session, turn } = this;
    if (!session) return;
    this.choice = { ...this.choice, ...choice };
    this.wait("Looking through the files");
    const reply = await wire.plan(session.id, this.choice);
    if (turn !== this.turn) return;
    if (reply.error !== undefined) this.said(reply.error, () => this.plan());
    else this.go(reply);
  }

  /**
   * Show an import as it is, and follow it while the server is at work on it.
   * @param {ImportInfo} session
   */
  go(session) {
    this.session = session;
    if (session.state === "planning" || session.state === "applying") return void this.follow(session);
    this.busy = false;
    if (session.state === "collecting") return this.collected(session);
    if (session.state === "planned") return this.drawPlan(session);
    return this.drawReport(session);
  }

  /** @param {ImportInfo} session */
  async follow(session) {
    const { turn } = this;
    this.busy = true;
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
    this.draw([progress(far, now && total ? now.done / total : null), line], [button("Cancel", () => wire.cancel(id))]);
  }

  /** @param {ImportInfo} session */
  async collected(session) {
    const { turn } = this;
    if (session.problem) {
      const retry = this.upload ? [primary("Choose other files", () => this.restart())] : [primary("Start over", () => this.restart())];
      return this.draw([h("div.ss-say.ss-bad", { role: "alert" }, session.problem)], [button("Close", () => this.close()), ...retry]);
    }
    const there = await wire.arrived(session.id);
    if (turn !== this.turn) return undefined;
    if (!there?.size) return this.chooser();
    const files = there.size === 1 ? "1 file of an import that was begun has arrived." : `${number(there.size)} files of an import that was begun have arrived.`;
    return this.draw(
      [h("p", {}, files), h("p.ss-quiet", {}, "Go on with them, or start over.")],
      [button("Start over", () => this.restart()), primary("Go on", () => this.plan())],
    );
  }

  async restart() {
    const id = this.session?.id;
    this.session = this.upload = null;
    this.choice = { ...this.choice, format: "auto" };
    remember(null);
    if (id) wire.forget(id);
    this.chooser();
  }

  /** @param {ImportInfo} session */
  drawPlan(session) {
    const { plan } = session;
    if (!plan) return this.chooser();
    const choosing = plan.choices.length > 1 ? [h("h3", {}, plan.format ? "Format" : "These files may be in several formats. Which is it?"), formats(plan.choices, plan.format, (format) => this.plan({ format }))] : [];
    if (!plan.counts) return this.draw(choosing, [button("Cancel", () => this.close())]);
    const [format] = plan.choices;
    const found = plan.choices.length === 1 ? h("p.ss-found", {}, h("strong", {}, format.label), " ", h("span.ss-quiet", {}, format.why)) : null;
    const fresh = plan.counts.images.new + plan.counts.objects.new;
    return this.draw(
      [found, ...choosing, ...countsTable(plan.counts, false), this.options(plan), ...doubts(session, plan), ...outcomes(plan.groups)],
      [
        fresh ? null : h("p.ss-quiet", {}, "Nothing of this is new."),
        button("Cancel", () => this.close()),
        primary("Import", () => this.apply(), { disabled: !fresh }),
      ],
    );
  }

  /** @param {NonNullable<ImportInfo["plan"]>} plan */
  options(plan) {
    const { category, status, doubtful } = this.choice;
    const name = h("input.ss-field", { type: "text", value: category, maxlength: 200, "aria-label": "Category of objects that the files name none for" });
    name.addEventListener("change", () => name.value.trim() && this.plan({ category: name.value.trim() }));
    const segment = (/** @type {ImportChoice["status"]} */ value, /** @type {string} */ label) =>
      h("button", { type: "button", "aria-pressed": String(value === status), onclick: () => this.plan({ status: value }) }, label);
    const segments = [segment("accepted", "Accepted"), segment("proposed", "Proposed")];
    const held = plan.doubts.some((one) => one.held) || doubtful;
    const box = h("input", { type: "checkbox", checked: doubtful, onclick: () => this.plan({ doubtful: !doubtful }) });
    return h(
      "div.ss-import-options",
      {},
      h("label", {}, h("span", {}, "Category, where the files name none"), name),
      h("div", {}, h("span", {}, "Masks come in as"), h("div.ss-segments", { role: "group", "aria-label": "Masks come in as" }, segments)),
      held ? h("label.ss-check", {}, box, "Take what is held back too") : null,
    );
  }

  // ------------------------------------------------------------ applying

  async apply() {
    const { session, turn } = this;
    if (!session) return;
    this.wait("Importing");
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
    this.draw(
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

/**
 * @param {string} label
 * @param {() => unknown} onclick
 */
function button(label, onclick) {
  return h("button.ss-button", { type: "button", onclick }, label);
}

/**
 * @param {string} label
 * @param {() => unknown} onclick
 * @param {{ disabled?: boolean }} [how]
 */
function primary(label, onclick, { disabled = false } = {}) {
  return h("button.ss-button.ss-primary", { type: "button", onclick, disabled }, label);
}

/** @param {string | null} id */
function remember(id) {
  try {
    if (id) localStorage.setItem(KEY, id);
    else localStorage.removeItem(KEY);
  } catch {
    // a frame that may store nothing: the import is then not found again
  }
}

function recalled() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
