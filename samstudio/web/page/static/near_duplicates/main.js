// The dialog of near-duplicates: pictures that are nearly alike, suggested as groups; made such, or dismissed.

import { closest, h } from "../../canvas/panels/dom.js";
import { Frame, button, primary, problem } from "../importing/frame.js";
import { number } from "../importing/numbers.js";
import { progress } from "../importing/views.js";
import { openImage } from "../panel.js";
import { undo } from "../splits/wire.js";
import { suggestionCard } from "./card.js";
import { accept, bringBack, dismiss, encodeAll, look } from "./wire.js";

/** @import { Reply } from "../../canvas/sync/http.js" */
/** @import { Run } from "../splits/wire.js" */
/** @import { Found, Suggestion } from "./wire.js" */

const ABOUT = "Pictures that are nearly alike belong in one group: groups are never split between learning, judging and testing. What is suggested here is what the encoder finds alike; look before you agree.";
const EVERY = 1000; // milliseconds between two looks

/** Once for the whole page: buttons with `data-near` open the dialog. */
export function mountNearDuplicates() {
  document.addEventListener("click", (event) => {
    if (closest(event, "[data-near]")) new NearDuplicates().look();
  });
}

class NearDuplicates {
  constructor() {
    this.frame = new Frame("Near-duplicates", () => this.close());
    this.frame.dialog.classList.add("ss-near");
    this.turn = 0;
    this.frame.show();
  }

  close() {
    this.turn += 1;
    this.frame.close();
    this.frame.dialog.remove();
  }

  /**
   * Show what is suggested, as often as there is news.
   * @param {Node | null} [first] what to say first
   */
  async look(first = null) {
    const mine = (this.turn += 1);
    for (;;) {
      const found = await look();
      if (mine !== this.turn) return;
      this.frame.busy = false;
      if (found.error !== undefined) return void this.frame.failed(found.error, [button("Close", () => this.close())]);
      this.draw(found, first);
      if (found.state !== "looking") return;
      await new Promise((resolve) => setTimeout(resolve, EVERY));
      if (mine !== this.turn) return;
    }
  }

  /**
   * @param {Found} found
   * @param {Node | null} first
   */
  draw(found, first) {
    const { items, total, dismissed, state } = found;
    const list = h("div.ss-near-list", {}, items.map((one) => this.card(one)));
    const more = found.after ? button(`Show more of ${number(total)}`, () => this.more(list, found)) : null;
    const working = state === "looking" ? progress("Looking for pictures that are nearly alike", found.progress) : null;
    const body = [first, h("p", {}, ABOUT), this.encoded(found), working, saying(found), list, more];
    const all = total > 1 ? primary(`Make ${number(total)} groups`, () => this.run(() => accept(null))) : null;
    const back = dismissed ? button(dismissed === 1 ? "Bring back 1 dismissed" : `Bring back ${number(dismissed)} dismissed`, () => this.back()) : null;
    this.frame.draw(body, [button("Close", () => this.close()), back, all]);
  }

  /** @param {Suggestion} one */
  card(one) {
    return suggestionCard(one, {
      accept: () => this.run(() => accept([one.id])),
      dismiss: () => this.run(() => dismiss([one.id])),
      open: (id) => {
        this.close();
        openImage(id);
      },
    });
  }

  /**
   * @param {HTMLElement} list
   * @param {Found} found
   */
  async more(list, found) {
    const next = await look(found.after);
    if (next.error !== undefined) return list.after(problem(next.error));
    list.append(...next.items.map((one) => this.card(one)));
    found.after = next.after;
    if (!next.after) list.nextElementSibling?.remove();
  }

  /**
   * How many images were compared, and what to do about the others.
   * @param {Found} found
   */
  encoded({ images, compared, state }) {
    if (state === "looking" || compared >= images) return null;
    const text = `${number(compared)} of ${number(images)} images are encoded and were compared.`;
    const encode = h("button.ss-button.ss-small", { type: "button", onclick: () => this.encode() }, "Encode the others");
    return h("div.ss-say", { role: "status" }, h("span", {}, text), encode);
  }

  async encode() {
    const mine = (this.turn += 1);
    this.frame.wait("Encoding images", [button("Close", () => this.close())]);
    const run = await encodeAll(({ done, total }) => {
      if (mine === this.turn) this.frame.body.replaceChildren(progress(`Encoding images: ${number(done)} of ${number(total)}`, total ? done / total : null));
    });
    if (mine === this.turn) this.look(run.error === undefined ? null : problem(run.error));
  }

  /**
   * @param {() => Promise<Reply<Run>>} work
   * @param {boolean} [undone]
   */
  async run(work, undone = false) {
    const mine = (this.turn += 1);
    this.frame.wait("One moment");
    const run = await work();
    if (mine !== this.turn) return;
    if (run.error !== undefined) return void this.look(problem(run.error));
    const back = h("button.ss-button.ss-small", { type: "button", onclick: () => this.run(() => undo(run), true) }, "Undo");
    this.look(h("div.ss-say.ss-good", { role: "status" }, h("span", {}, undone ? "It was taken back." : did(run)), undone ? null : back));
  }

  async back() {
    const found = await bringBack();
    this.look(found.error === undefined ? null : problem(found.error));
  }
}

/** @param {Run} run */
function did({ action, total }) {
  if (action === "dismiss") return "They will not be suggested again.";
  return total === 1 ? "1 image is in its group now." : `${number(total)} images are in their groups now.`;
}

/** @param {Found} found */
function saying({ state, total, compared, fewest, problem: why }) {
  if (state === "failed") return problem(why);
  if (state === "few") return h("p.ss-quiet", {}, `From ${number(fewest)} encoded images on they are compared: fewer do not tell what they have in common.`);
  if (state === "ready" && !total) return h("p", {}, h("strong", {}, compared === 1 ? "No near-duplicates." : `No near-duplicates among ${number(compared)} images.`));
  return null;
}
