// The objects that the live version does worst on, each with a way to its image.

import { closest, h } from "../../canvas/panels/dom.js";
import { pageUrl } from "../../canvas/sync/http.js";
import { shown, showProgress } from "./list.js";
import { openImage } from "../panel.js";
import { ask } from "./wire.js";

/** @import { Part } from "../../canvas/js/types.d.ts" */
/** @import { TodoList, TodoRow } from "./wire.js" */

const PAGE = 8;
/** @type {Record<string, [label: string, title: string]>} */
const NOTES = {
  "held out": ["held out", "Measured while it was held out from training"],
  "learned from": ["learned from", "The live version learned from it, which flatters the figure"],
};

export class Todo {
  /**
   * @param {Part} part
   * @param {() => boolean} visible
   */
  constructor(part, visible) {
    this.part = part;
    this.visible = visible;
    this.limit = PAGE;
    this.turn = 0; // the newest request
    /** @type {TodoList | null} */
    this.reply = null;
    part("todo-list").addEventListener("click", (event) => {
      const { image, at } = closest(event, "[data-at]")?.dataset ?? {};
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
    const list = reply.error === undefined ? reply : null;
    this.part("todo").hidden = !list?.total || Boolean(list.refused);
    if (!list?.total) return;
    this.reply = list;
    showProgress(this.part("todo-progress"), list);
    this.draw();
    if (list.done < list.total && !list.refused && this.visible()) this.polling = setTimeout(() => this.refresh(), 2000);
  }

  draw() {
    if (!this.reply) return;
    const { rows, text } = this.reply;
    this.part("todo-text").textContent = text;
    this.part("todo-list").replaceChildren(...rows.slice(0, this.limit).map(item));
    const more = this.part("todo-more");
    more.hidden = rows.length <= this.limit;
    more.textContent = `Show more (${this.limit} of ${rows.length})`;
  }
}

/** @param {TodoRow} row */
function item(row) {
  const note = NOTES[row.how];
  return h(
    "li",
    {},
    h("img", { src: pageUrl(`thumbs/${row.image}`), alt: "", loading: "lazy" }),
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
