// The page of settings: whose keys are used, and the keys of every command. They are kept in the browser.

import { shownKey } from "../commands/keys.js";
import { saidElsewhere } from "../commands/other_words.js";
import { reservedBecause } from "../commands/reserved.js";
import { GROUPS } from "../commands/registry.js";
import { KeyRecorder } from "./key_recorder.js";
import { find, findAll, h, icon, partsOf } from "./dom.js";

/** @import { Command, Wired } from "../types.d.ts" */

/** @param {Wired} app */
export function mountSettings(app) {
  const { root, store, commands, bindings } = app;
  const dialog = find(root, "[data-settings]", HTMLDialogElement);
  const part = partsOf(dialog);
  const recorder = new KeyRecorder(dialog);
  const preset = part("preset", HTMLSelectElement);
  const keepZoom = part("keep-zoom", HTMLInputElement);
  const search = part("find-command", HTMLInputElement);

  const message = messageIn(part("message"));
  const draw = () => {
    if (!dialog.open) return;
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.row : undefined;
    preset.value = bindings.preset.id;
    part("changed").textContent = changedIn(app);
    part("reset-all", HTMLButtonElement).disabled = !changed(app).length;
    part("key-rows").replaceChildren(...sections(commands).map(([title, list]) => section(title, list.map((command) => row(command, edit, bindings)))));
    filter();
    if (focused) findAll(dialog, `[data-row="${focused}"]`)[0]?.focus();
  };
  const filter = () => {
    const words = search.value.trim().toLowerCase();
    for (const one of findAll(dialog, "[data-command-row]")) one.hidden = !`${one.textContent} ${one.title}`.toLowerCase().includes(words);
    for (const one of findAll(dialog, "[data-key-rows] section")) one.hidden = !one.querySelector("[data-command-row]:not([hidden])");
  };
  const edit = editing(app, recorder, message);

  preset.replaceChildren(...bindings.presets.map(({ id, label }) => h("option", { value: id, translate: "no" }, label)));
  preset.addEventListener("change", () => {
    message.clear();
    bindings.use(preset.value);
  });
  part("reset-all").addEventListener("click", () => {
    message.clear();
    bindings.resetAll();
  });
  search.addEventListener("input", filter);
  keepZoom.addEventListener("change", () => store.set({ keepZoom: keepZoom.checked }));
  store.on(["keepZoom"], (values) => {
    keepZoom.checked = values.keepZoom;
  });
  bindings.follow(draw);
  dialog.addEventListener("close", message.clear);
  return {
    open() {
      find(root, "[data-help]", HTMLDialogElement).close();
      if (!dialog.open) dialog.showModal();
      draw();
    },
  };
}

/** @typedef {{ add(command: Command): Promise<void>, remove(command: Command, key: string): void, reset(command: Command): void }} Editing */

/**
 * What the buttons of a row do. A key that another command has is given away only when the person says so.
 * @param {Wired} app
 * @param {KeyRecorder} recorder
 * @param {ReturnType<typeof messageIn>} message
 * @returns {Editing}
 */
function editing({ root, bindings, commands }, recorder, message) {
  return {
    async add({ id, label }) {
      message.say(`Press the key for “${label}”; Esc leaves it as it is.`);
      root.dataset.recording = id;
      const key = await recorder.ask();
      delete root.dataset.recording;
      message.clear();
      if (key === null) return undefined;
      const reserved = reservedBecause(key);
      if (reserved) return message.say(`${shownKey(key)} cannot be set. ${reserved}`);
      const set = () => bindings.set(id, [...bindings.keysOf(id).filter((one) => one !== key), key]);
      const holder = bindings.holderOf(id, key);
      if (!holder) return set();
      const loser = commands.get(holder)?.label ?? holder;
      return message.say(`${shownKey(key)} belongs to “${loser}”.`, [`Give it to “${label}”`, set], ["Leave it as it is", () => {}]);
    },
    remove({ id }, key) {
      message.clear();
      bindings.set(id, bindings.keysOf(id).filter((one) => one !== key));
    },
    reset({ id, label }) {
      message.clear();
      bindings.reset(id);
      const missing = bindings.isComplete(id) ? "" : `A key that “${label}” had belongs to another command now.`;
      if (missing) message.say(missing);
    },
  };
}

/**
 * The line of what is asked and what went wrong.
 * @param {HTMLElement} place
 */
function messageIn(place) {
  const clear = () => place.replaceChildren();
  /**
   * @param {string} text
   * @param {...[label: string, run: () => void]} choices
   */
  const say = (text, ...choices) => {
    const buttons = choices.map(([label, run]) => h("button.ss-button.ss-small", { type: "button", onclick: () => (clear(), run()) }, label));
    place.replaceChildren(h("p", {}, text), ...buttons);
    buttons[0]?.focus();
  };
  return { clear, say };
}

/**
 * @param {Wired} app
 * @returns {Command[]}
 */
function changed({ commands, bindings }) {
  return [...commands].filter(({ id }) => bindings.isOwn(id));
}

/** @param {Wired} app */
function changedIn(app) {
  const { length } = changed(app);
  if (!length) return "";
  return length === 1 ? "1 command has keys of your own." : `${length} commands have keys of your own.`;
}

/**
 * All commands by the group that the list of keys has them in.
 * @param {Iterable<Command>} commands
 * @returns {[string, Command[]][]}
 */
function sections(commands) {
  const all = [...commands];
  /** @param {Command} command */
  const groupOf = ({ id, group }) => group ?? all.find(({ helpWith = [] }) => helpWith.includes(id))?.group ?? "Anywhere";
  return GROUPS.map((title) => [title, all.filter((command) => groupOf(command) === title)]);
}

/**
 * @param {string} title
 * @param {HTMLElement[]} rows
 */
function section(title, rows) {
  return h("section", {}, h("h3", {}, title), ...rows);
}

/**
 * @param {Command} command
 * @param {Editing} edit
 * @param {Wired["bindings"]} bindings
 */
function row(command, edit, bindings) {
  const { id, label } = command;
  const own = bindings.isOwn(id);
  const keys = bindings.keysOf(id).map((key) =>
    h(
      "span.ss-key",
      {},
      h("kbd", {}, shownKey(key)),
      h("button.ss-icon", { type: "button", "aria-label": `Take ${shownKey(key)} from “${label}”`, title: "Take this key away", onclick: () => edit.remove(command, key) }, icon("close")),
    ),
  );
  return h(
    `div.ss-key-row${own ? ".ss-own" : ""}`,
    { "data-command-row": id, title: saidElsewhere(id) || null },
    h("span", {}, label),
    h(
      "span.ss-key-list",
      {},
      ...keys,
      h("button.ss-icon", { type: "button", "data-row": id, "aria-label": `Add a key to “${label}”`, title: "Add a key", onclick: () => edit.add(command) }, icon("plus")),
      own ? h("button.ss-button.ss-small", { type: "button", "aria-label": `Reset the keys of “${label}”`, onclick: () => edit.reset(command) }, "Reset") : null,
    ),
  );
}
