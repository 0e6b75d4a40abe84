// The dialog of the fixed test set: what it is now, drawn by share, emptied; each can be undone.

import { closest, h } from "../../canvas/panels/dom.js";
import { Frame, button, primary, problem } from "../importing/frame.js";
import { number } from "../importing/numbers.js";
import { DrawForm } from "./form.js";
import { look } from "../near_duplicates/wire.js";
import { draw, empty, testSet, undo } from "./wire.js";

/** @import { Reply } from "../../canvas/sync/http.js" */
/** @import { Run, TestSet } from "./wire.js" */

const ABOUT = "No tuning ever looks at the images of the test set: they are not learned from, and decide about no version. The Versions tab scores every version on them.";

const PAUSE = 2000; // milliseconds between two looks at near-duplicates

/** Once for the whole page: buttons with `data-splits` open the dialog. */
export function mountSplits() {
  document.addEventListener("click", (event) => {
    if (closest(event, "[data-splits]")) new TestSetDialog().choose();
  });
}

class TestSetDialog {
  constructor() {
    this.frame = new Frame("Test set", () => this.close());
    this.form = new DrawForm((ready) => this.ready(ready));
    this.form.element.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.add.disabled) this.run("Marking images", () => draw(this.form.how()));
    });
    this.add = primary("Add to the test set", () => this.form.element.requestSubmit(), { disabled: true });
    this.frame.dialog.addEventListener("click", (event) => closest(event, "[data-near]") && this.close());
    this.frame.show();
    this.watchNear();
  }

  /** @param {boolean} ready */
  ready(ready) {
    this.add.disabled = !ready;
  }

  /** Near-duplicates are looked for meanwhile: once they are known, the plan says which it would part. */
  async watchNear() {
    let found = await look();
    while (found.error === undefined && found.state === "looking" && this.frame.isOpen) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      found = await look();
    }
    if (found.error === undefined && found.total && this.frame.isOpen) this.form.plan();
  }

  close() {
    this.frame.close();
    this.frame.dialog.remove();
  }

  /** @param {Node | null} [first] what to say first */
  async choose(first = null) {
    const now = await testSet();
    this.frame.busy = false;
    if (now.error !== undefined) return this.frame.failed(now.error, [button("Close", () => this.close())]);
    const out = now.test.images ? button("Empty the test set", () => this.run("Marking images", empty)) : null;
    this.frame.draw([first, h("p", {}, ABOUT), state(now), this.form.element], [button("Close", () => this.close()), out, this.add]);
    return this.form.plan();
  }

  /**
   * @param {string} text
   * @param {() => Promise<Reply<Run>>} work
   * @param {boolean} [undone]
   * @returns {Promise<void>}
   */
  async run(text, work, undone = false) {
    this.frame.wait(text);
    const run = await work();
    if (run.error !== undefined) return this.choose(problem(run.error));
    const said = run.total === 1 ? "1 image was changed." : `${number(run.total)} images were changed.`;
    const back = h("button.ss-button.ss-small", { type: "button", onclick: () => this.run("Taking it back", () => undo(run), true) }, "Undo");
    return this.choose(h("div.ss-say.ss-good", { role: "status" }, h("span", {}, undone ? "It was taken back." : said), undone ? null : back));
  }
}

/** @param {TestSet} now */
function state({ test, learn }) {
  const has = test.images
    ? `Now: ${number(test.images)} images with ${number(test.objects)} accepted masks; ${number(learn.images)} images to learn from.`
    : "There is no test set yet.";
  return h("p", {}, h("strong", {}, has));
}
