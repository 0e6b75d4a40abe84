// Two versions side by side: which ones, which object is looked at, and what is
// asked of the server meanwhile. When to look again is news.js's business; the
// picture is stage.js's, the objects list.js's, the strength strength.js's, the
// worst objects todo.js's.

import { ask, blend } from "./wire.js";
import { ObjectList, ordered, showProgress } from "./list.js";
import { follow } from "./news.js";
import { Stage } from "./stage.js";
import { Strength } from "./strength.js";
import { Todo } from "./todo.js";
import { openImage } from "../panel.js";
import { partsOf } from "../../canvas/panels/dom.js";
import { apiUrl, pageUrl } from "../../canvas/sync/http.js";

/** @import { Mounted, Part, Trigger } from "../../canvas/js/types.d.ts" */
/** @import { Row, Scores, Setup } from "./wire.js" */

const AT_ONCE = 8; // objects whose masks are asked for in one request
const ELSE = "Choose another version above.";

/** @param {Mounted} page */
export function mount({ element, trigger }) {
  const part = partsOf(element, (name) => `[data-cmp="${name}"]`);
  return new Comparison({ element, part, trigger });
}

class Comparison {
  /** @param {{ element: HTMLElement, part: Part, trigger: Trigger }} page */
  constructor({ element, part, trigger }) {
    this.element = element;
    this.part = part;
    this.trigger = trigger;
    /** @type {Setup | null} */
    this.setup = null;
    this.begun = false;
    /** @type {Row[]} */
    this.rows = [];
    /** @type {Row[]} */
    this.sorted = [];
    /** @type {Scores | null} */
    this.reply = null;
    this.turn = 0; // the newest request for scores
    /** @type {Row | null} */
    this.chosen = null; // the object looked at
    this.picked = false; // whether a person chose it
    this.paired = false; // whether a person chose the versions
    this.shown = 0; // the request whose masks are wanted
    this.stage = new Stage(part);
    this.list = new ObjectList(part, (row) => this.choose(row, true));
    this.strength = new Strength(part, { moved: () => this.blend(), keep: () => this.keep() });
    this.todo = new Todo(part, () => this.news.visible);
    this.sort = part("sort", HTMLSelectElement);
    this.selects = { a: part("a", HTMLSelectElement), b: part("b", HTMLSelectElement) };
    for (const select of Object.values(this.selects)) select.addEventListener("change", () => this.pair(this.sides));
    part("swap").addEventListener("click", () => this.pair({ a: this.sides.b, b: this.sides.a }));
    this.sort.addEventListener("change", () => this.draw());
    part("open").addEventListener("click", () => this.chosen && openImage(this.chosen.image, this.chosen.id));
    this.news = follow(element, () => this.refresh());
  }

  get sides() {
    const { a, b } = this.selects;
    return { a: Number(a.value), b: Number(b.value), strength: this.strength.value };
  }

  /** @param {number} number */
  version(number) {
    return this.setup?.versions.find((one) => one.number === number);
  }

  /** Ask what can be compared; a pair that a person chose stays while both are there, else the newest is shown. */
  async refresh() {
    const before = this.sides;
    const setup = await ask("compare");
    this.refuse(setup.error);
    if (setup.error !== undefined) return;
    this.todo.refresh();
    if (this.begun && JSON.stringify(setup) === JSON.stringify(this.setup)) return this.poll();
    /** @param {number} number */
    const known = (number) => setup.versions.some((one) => one.number === number);
    const kept = this.begun && this.paired && known(before.a) && known(before.b);
    this.setup = setup;
    this.begun = !setup.nothing;
    this.part("choice").hidden = this.part("body").hidden = Boolean(setup.nothing);
    this.nothing(setup.nothing);
    this.options(kept ? before : setup);
    if (!setup.nothing) this.begin({ newSide: !kept });
  }

  /** @param {{ a: number, b: number }} pair */
  options({ a, b }) {
    const { a: first, b: second } = this.selects;
    for (const select of [first, second]) {
      select.replaceChildren(...(this.setup?.versions ?? []).map((one) => new Option(one.label, String(one.number))));
    }
    [first.value, second.value] = [String(a), String(b)];
  }

  /** @param {Setup["nothing"]} said */
  nothing(said) {
    const place = this.part("nothing");
    place.hidden = !said;
    const [title, text] = [document.createElement("h2"), document.createElement("p")];
    [title.textContent, text.textContent] = [said?.title ?? "", said?.text ?? ""];
    place.replaceChildren(title, text);
  }

  /**
   * @param {string | null | undefined} sentence
   * @param {string} [advice]
   */
  refuse(sentence, advice = "") {
    const said = sentence ? `${sentence[0].toUpperCase()}${sentence.slice(1).replace(/\.$/, "")}. ${advice}` : "";
    this.part("refused").hidden = !said;
    this.part("refused").textContent = said;
  }

  /**
   * Compare the pair that a person chose.
   * @param {{ a: number, b: number }} chosen
   */
  pair(chosen) {
    this.paired = true;
    this.options(chosen);
    this.begin({ newSide: true });
  }

  /** Compare what is chosen now; a new side begins at its full strength. */
  begin({ newSide = false } = {}) {
    const [before, after] = [this.version(this.sides.a), this.version(this.sides.b)];
    if (newSide && after) this.strength.of(after);
    if (before) this.stage.names(before.name, this.strength.name);
    this.poll();
    if (this.chosen && this.picked) this.showMasks();
    else this.chosen = null;
  }

  /** Another strength of B, on the object that is looked at. */
  blend() {
    this.picked = true;
    this.begin();
  }

  async poll() {
    clearTimeout(this.polling);
    const turn = (this.turn += 1);
    const reply = await ask("compare/objects", this.sides);
    if (turn !== this.turn) return;
    if (reply.error !== undefined) return this.refuse(reply.error, ELSE);
    this.refuse(reply.refused, ELSE);
    this.rows = reply.rows;
    this.reply = reply;
    this.draw();
    const left = reply.total - reply.done;
    showProgress(this.part("progress"), reply);
    this.settle(left === 0);
    if (left && !reply.refused && this.news.visible) this.polling = setTimeout(() => this.poll(), reply.total > 500 ? 2000 : 600);
  }

  draw() {
    if (!this.reply) return;
    const rows = ordered(this.rows, this.sort.value);
    this.list.draw(rows, this.chosen?.id, this.reply);
    this.sorted = rows;
  }

  /**
   * Until a person chooses, the first object of the list is shown; once all are scored, the first of all.
   * @param {boolean} done
   */
  settle(done) {
    const { chosen } = this;
    const fresh = chosen && this.rows.find((row) => row.id === chosen.id);
    const first = this.sorted[0];
    if (!first) {
      this.stage.clear();
    } else if (!fresh || (!this.picked && done && first.id !== fresh.id)) {
      this.choose(first, false);
    } else {
      this.chosen = fresh;
      this.stage.scores(fresh);
    }
  }

  /**
   * @param {Row} row
   * @param {boolean} picked
   */
  choose(row, picked) {
    this.picked = picked;
    this.chosen = row;
    this.list.mark(row.id);
    this.showMasks();
  }

  /** The masks of the chosen object's image, the chosen one's first. */
  async showMasks() {
    const turn = (this.shown += 1);
    const row = this.chosen;
    if (!row) return;
    this.stage.show(row, apiUrl(`images/${row.image}/pixels`));
    this.part("save", HTMLAnchorElement).href = pageUrl(`plots/compare/${row.id}.png?a=${this.sides.a}&b=${this.sides.b}`);
    const beside = this.rows.filter((one) => one.image === row.image && one.id !== row.id).map((one) => one.id);
    for (let batch = [row.id]; batch.length; batch = beside.splice(0, AT_ONCE)) {
      const reply = await ask("compare/masks", { ...this.sides, ids: batch.join(",") });
      if (turn !== this.shown) return;
      if (reply.error !== undefined) {
        this.refuse(reply.error, ELSE);
        break;
      }
      this.stage.draw(reply);
    }
    this.stage.whole();
  }

  async keep() {
    const { b, strength } = this.sides;
    const reply = await blend(b, strength);
    this.refuse(reply.error);
    if (reply.error !== undefined) return;
    this.trigger("act", { act: "kept", number: reply.number });
    await this.refresh();
    this.pair({ a: this.sides.a, b: reply.number });
  }
}
