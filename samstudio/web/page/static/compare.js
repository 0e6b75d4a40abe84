// Two versions side by side: which ones, which object is looked at, and what is
// asked of the server meanwhile. When to look again is compare_news.js's
// business; the picture is compare_stage.js's, the objects compare_list.js's, the
// strength compare_strength.js's, the worst objects compare_todo.js's.

import { ask, route } from "./compare_wire.js";
import { ObjectList, ordered, showProgress } from "./compare_list.js";
import { follow } from "./compare_news.js";
import { Stage } from "./compare_stage.js";
import { Strength } from "./compare_strength.js";
import { Todo } from "./compare_todo.js";
import { openImage } from "./panel.js";

const AT_ONCE = 8; // objects whose masks are asked for in one request
const ELSE = "Choose another version above.";

export function mount({ element, trigger }) {
  const part = (name) => element.querySelector(`[data-cmp="${name}"]`);
  return new Comparison({ element, part, trigger });
}

class Comparison {
  constructor({ element, part, trigger }) {
    Object.assign(this, { element, part, trigger });
    this.setup = null;
    this.rows = [];
    this.chosen = null; // the object looked at
    this.picked = false; // whether a person chose it
    this.paired = false; // whether a person chose the versions
    this.shown = 0; // the request whose masks are wanted
    this.stage = new Stage(part);
    this.list = new ObjectList(part, (row) => this.choose(row, true));
    this.strength = new Strength(part, { moved: () => this.blend(), keep: () => this.keep() });
    this.todo = new Todo(part, () => this.news.visible);
    for (const side of ["a", "b"]) part(side).addEventListener("change", () => this.pair(this.sides));
    part("swap").addEventListener("click", () => this.pair({ a: this.sides.b, b: this.sides.a }));
    part("sort").addEventListener("change", () => this.draw());
    part("open").addEventListener("click", () => this.chosen && openImage(this.chosen.image, this.chosen.id));
    this.news = follow(element, () => this.refresh());
  }

  get sides() {
    return { a: Number(this.part("a").value), b: Number(this.part("b").value), strength: this.strength.value };
  }

  version(number) {
    return this.setup.versions.find((one) => one.number === number);
  }

  /** Ask what can be compared; a pair that a person chose stays while both are there, else the newest is shown. */
  async refresh() {
    const before = this.setup && this.sides;
    const setup = await ask("compare");
    this.refuse(setup.error);
    if (setup.error) return;
    this.todo.refresh();
    if (this.begun && JSON.stringify(setup) === JSON.stringify(this.setup)) return this.poll();
    const known = (number) => setup.versions.some((one) => one.number === number);
    const kept = this.begun && this.paired && known(before.a) && known(before.b);
    this.setup = setup;
    this.begun = !setup.nothing;
    this.part("choice").hidden = this.part("body").hidden = Boolean(setup.nothing);
    this.nothing(setup.nothing);
    this.options(kept ? before : setup);
    if (!setup.nothing) this.begin({ newSide: !kept });
  }

  options({ a, b }) {
    for (const [side, number] of [["a", a], ["b", b]]) {
      this.part(side).replaceChildren(...this.setup.versions.map((one) => new Option(one.label, one.number)));
      this.part(side).value = String(number);
    }
  }

  nothing(said) {
    const place = this.part("nothing");
    place.hidden = !said;
    const [title, text] = [document.createElement("h2"), document.createElement("p")];
    [title.textContent, text.textContent] = [said?.title ?? "", said?.text ?? ""];
    place.replaceChildren(title, text);
  }

  refuse(sentence, advice = "") {
    const said = sentence ? `${sentence[0].toUpperCase()}${sentence.slice(1).replace(/\.$/, "")}. ${advice}` : "";
    this.part("refused").hidden = !said;
    this.part("refused").textContent = said;
  }

  /** Compare the pair that a person chose. */
  pair(chosen) {
    this.paired = true;
    this.options(chosen);
    this.begin({ newSide: true });
  }

  /** Compare what is chosen now; a new side begins at its full strength. */
  begin({ newSide = false } = {}) {
    if (newSide) this.strength.of(this.version(this.sides.b));
    this.stage.names(this.version(this.sides.a).name, this.strength.name);
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
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const reply = await ask("compare/objects", this.sides);
    if (turn !== this.turn) return;
    this.refuse(reply.error || reply.refused, ELSE);
    if (reply.error) return;
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
    const rows = ordered(this.rows, this.part("sort").value);
    this.list.draw(rows, this.chosen?.id, this.reply);
    this.sorted = rows;
  }

  // Until a person chooses, the first object of the list is shown; once all are scored, the first of all.
  settle(done) {
    const fresh = this.chosen && this.rows.find((row) => row.id === this.chosen.id);
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
    this.stage.show(row, route(`images/${row.image}`));
    this.part("save").href = route(`plots/compare/${row.id}.png?a=${this.sides.a}&b=${this.sides.b}`);
    const beside = this.rows.filter((one) => one.image === row.image && one.id !== row.id).map((one) => one.id);
    for (let batch = [row.id]; batch.length; batch = beside.splice(0, AT_ONCE)) {
      const reply = await ask("compare/masks", { ...this.sides, ids: batch.join(",") });
      if (turn !== this.shown) return;
      if (reply.error) this.refuse(reply.error, ELSE);
      if (reply.error) break;
      this.stage.draw(reply);
    }
    this.stage.whole();
  }

  async keep() {
    const { b, strength } = this.sides;
    const reply = await ask("compare/keep", { version: b, strength }, { method: "POST", headers: { "x-studio": "upload" } });
    this.refuse(reply.error);
    if (reply.error) return;
    this.trigger("act", { act: "kept", number: reply.number });
    await this.refresh();
    this.pair({ a: this.sides.a, b: reply.number });
  }
}
