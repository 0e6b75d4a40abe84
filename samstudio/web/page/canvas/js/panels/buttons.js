// The buttons of commands: those with a place are drawn there, the others stand in canvas.html.

import { saidElsewhere } from "../commands/other_words.js";
import { closest, drawn, find, h } from "./dom.js";

/** @import { App, Command, State } from "../types.d.ts" */

/** @param {App} app */
export function mountButtons(app) {
  const { root, store, commands, bindings } = app;
  /** @type {((values: State) => void)[]} */
  const updates = []; // of the buttons that show what the store knows

  commands.follow((command) => {
    if (!command.place) return;
    const button = draw(command, find(root, `[data-buttons="${command.place}"]`));
    const rename = () => name(button, commands.nameOf(command), saidElsewhere(command.id));
    rename();
    bindings.follow(rename);
    const update = updating(button, command);
    update(store.values);
    updates.push(update);
  });
  store.onAny((values) => {
    for (const update of updates) update(values);
  });

  root.addEventListener("click", (event) => {
    const button = closest(event, "button");
    commands.get(button?.dataset.command ?? "")?.run(app);
    // A mouse click on a button leaves the keys with the picture: Enter is Accept, not that button again.
    const writing = closest(document.activeElement, "[data-notes]"); // what the button opened
    if (button && event.detail > 0 && !writing && !button.closest("dialog, [data-display]")) find(root, "[data-stage]").focus({ preventScroll: true });
  });
}

/**
 * @param {Command} command
 * @param {HTMLElement} place
 */
function draw(command, place) {
  const kind = place.closest("[role=toolbar]") ? "ss-tool" : "ss-icon";
  const button = h(
    `button.${kind}${command.text ? ".ss-scale" : ""}`,
    { type: "button", "data-command": command.id, "aria-expanded": command.popup ? "false" : null },
    command.icon ? drawn(command.icon) : null,
  );
  place.append(button);
  return button;
}

/**
 * @param {HTMLElement} button
 * @param {string} text
 * @param {string} elsewhere what other tools call it
 */
function name(button, text, elsewhere) {
  if (button.getAttribute("aria-label") === text) return;
  button.setAttribute("aria-label", text);
  button.title = elsewhere ? `${text} · ${elsewhere}` : text;
}

// Calls `show` with what `read` gives of the state, when that is another value than before.
/**
 * @template T
 * @param {(values: State) => T} read
 * @param {(now: T) => void} show
 * @returns {(values: State) => void}
 */
function changed(read, show) {
  /** @type {T | undefined} */
  let last;
  return (values) => {
    const now = read(values);
    if (now !== last) show(now);
    last = now;
  };
}

// Writes only what changed: the store changes with every move of the mouse.
/**
 * @param {HTMLElement} button
 * @param {Command} command
 * @returns {(values: State) => void}
 */
function updating(button, { pressed, enabled, text }) {
  const writers = [
    pressed && changed(pressed, (is) => button.setAttribute("aria-pressed", String(Boolean(is)))),
    enabled && changed(enabled, (is) => button.toggleAttribute("disabled", !is)),
    text && changed(text, (shown) => (button.textContent = shown)),
  ];
  return (values) => writers.forEach((write) => write?.(values));
}
