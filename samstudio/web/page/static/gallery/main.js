// The Dataset tab: finds its parts in the page and wires them.

import { closest, partsOf } from "../../canvas/panels/dom.js";
import { openImage } from "../panel.js";
import { Grid } from "./grid.js";
import { ImageList } from "./image_list.js";
import { Message } from "./message.js";
import { drawFacts } from "./facts.js";
import { nothingFound, refused } from "./nothing.js";
import { Find } from "./find.js";
import { selectMany } from "./select_many.js";
import { rememberSize, rememberedSize } from "./size.js";
import { Trash } from "./trash.js";
import { callsOf } from "./wire.js";

/** @import { Mounted, Part } from "../../canvas/js/types.d.ts" */

/** @param {Pick<Mounted, "element" | "server">} page */
export function mount({ element, server }) {
  const part = partsOf(element);
  const call = callsOf(server);
  const message = new Message(part("message"));
  const list = new ImageList(call, () => grid.draw(), (error) => message.failed(error));
  const grid = new Grid({ scroller: part("scroller"), shelf: part("shelf"), list, size: rememberedSize() });
  const find = new Find(part, call);
  let asked = 0;

  /** @param {boolean} same the list may have changed, but is the same one */
  const refresh = async (same = true) => {
    const mine = (asked += 1);
    const { query } = find;
    try {
      const overview = await call("gallery_overview", { query });
      if (mine !== asked) return;
      list.begin(query, overview.found, { same });
      selecting.follow(query);
      drawFacts(part, overview);
      part("found").textContent = overview.found === 1 ? "1 image" : `${overview.found} images`;
      part("none").hidden = overview.found > 0;
      part("none").replaceChildren(...nothingFound(find, overview.wider));
      if (same) grid.draw();
      else grid.toTop();
    } catch (error) {
      if (mine !== asked) return;
      if (list.total || find.isEmpty) message.failed(error);
      else drawRefused(part, find, error);
    }
  };
  const trash = new Trash(call, message, refresh);
  const selecting = selectMany({ part, grid, list, call, refresh, message });

  /** @param {number} index */
  const open = (index) => {
    const card = list.at(index);
    grid.active = index;
    if (card && !card.trashed) openImage(card.id, undefined, { query: list.query, at: card.cursor });
  };
  /** @param {number} index */
  const remove = (index) => {
    const card = list.at(index);
    if (card) trash[card.trashed ? "restore" : "discard"]([card]);
  };

  part("scroller").addEventListener("click", (event) => {
    const index = grid.indexOf(event);
    if (index === null || selecting.click(index, event)) return;
    grid.go(index);
    if (closest(event, "[data-delete], [data-restore]")) remove(index);
    else open(index);
  });
  part("scroller").addEventListener("dblclick", (event) => {
    const index = closest(event, "button") ? null : grid.indexOf(event);
    if (index !== null) open(index);
  });
  part("scroller").addEventListener("keydown", (event) => {
    if (event.key === "Enter") open(grid.active);
    else if (event.key === "Delete") remove(grid.active);
    else return;
    event.preventDefault();
  });
  const size = part("size", HTMLInputElement);
  size.value = String(grid.size);
  size.addEventListener("input", () => {
    grid.resize(Number(size.value));
    rememberSize(grid.size);
  });
  follow(element, refresh);
  find.onChange = () => refresh(false);
  find.begin();
}

/**
 * Why what the address asks cannot be looked for.
 * @param {Part} part
 * @param {Find} find
 * @param {unknown} error
 */
function drawRefused(part, find, error) {
  for (const name of ["head", "scroller", "none"]) part(name).hidden = false;
  part("found").textContent = "";
  part("none").replaceChildren(...refused(find, error));
}

/**
 * Read again what is shown when the dataset has changed: at once where the tab is open, else when it is.
 * What was read before the first status came may be older than that status, so it is read again too.
 * @param {HTMLElement} element
 * @param {() => Promise<void>} refresh
 */
function follow(element, refresh) {
  let known = "";
  let shown = "";
  const look = () => {
    if (!element.isConnected || element.clientWidth === 0 || shown === known) return;
    shown = known;
    refresh();
  };
  window.addEventListener("studio:status", ({ detail }) => {
    known = detail.stamps.dataset;
    look();
  });
  new ResizeObserver(look).observe(element);
}
