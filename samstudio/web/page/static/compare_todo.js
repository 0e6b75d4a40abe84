// The objects that the live version does worst on, each with a way to its image.

import { h } from "../canvas/panels/dom.js";
import { shown, showProgress } from "./compare_list.js";
import { openImage } from "./panel.js";
import { ask } from "./compare_wire.js";

const PAGE = 8;
const NOTES = {
  "held out": ["held out", "Measured while it was held out from training"],
  "learned from": ["learned from", "The live version learned from it, which flatters the figure"],
};

export class Todo {
  constructor(part, visible) {
    Object.assign(this, { part, visible, limit: PAGE, turn: 0 });
    part("todo-list").addEventListener("click", ({ target }) => {
      const { image, at } = target.closest("[data-at]")?.dataset ?? {};
      if (image) openImage(image, at);
    });
    part("todo-more").addEventListener("click", () => {
      this.limit += 24;
      this.draw();
    });
  }

  async refresh() {
    clearTimeout(this.polling);
    const turn = (this.turn += 1);
    const reply = await ask("compare/todo");
    if (turn !== this.turn) return;
    this.reply = reply;
    const [total, left] = reply.error ? [0, 0] : [reply.total, reply.total - reply.done];
    this.part("todo").hidden = !total || Boolean(reply.refused);
    if (!total) return;
    showProgress(this.part("todo-progress"), reply);
    this.draw();
    if (left && !reply.refused && this.visible()) this.polling = setTimeout(() => this.refresh(), 2000);
  }

  draw() {
    const { rows, text } = this.reply;
    this.part("todo-text").textContent = text;
    this.part("todo-list").replaceChildren(...rows.slice(0, this.limit).map(item));
    const more = this.part("todo-more");
    more.hidden = rows.length <= this.limit;
    more.textContent = `Show more (${this.limit} of ${rows.length})`;
  }
}

function item(row) {
  const note = NOTES[row.how];
  return h(
    "li",
    {},
    h("img", { src: `studio/thumbs/${row.image}`, alt: "", loading: "lazy" }),
    h(
      "div.cmp-what",
      {},
      h("b", {}, h("span", { translate: "no" }, `${row.category} ${row.id}`), " ", note ? h("span.ss-tag", { title: note[1] }, note[0]) : null),
      h("span", { translate: "no" }, row.file),
    ),
    h("div.cmp-how", {}, h("b", {}, shown(row.iou)), h("progress.ss-bar", { max: 1, value: row.iou, "aria-label": `IoU ${shown(row.iou)}` })),
    h("button.ss-button.ss-small", { type: "button", "data-image": row.image, "data-at": row.id, "aria-label": `Open ${row.category} ${row.id}` }, "Open"),
  );
}
