// The keyboard: keys run commands, wherever the focus is, unless it is in something that takes text.

import { PASTE, namesOf, typing } from "../commands/keys.js";
import { closest, find } from "./dom.js";

/** @import { App, Command } from "../types.d.ts" */

/** @param {App} app */
export function mountShortcuts(app) {
  const { root, session, commands } = app;
  /** @param {Event} event */
  const isOurs = (event) => root.isConnected && root.offsetParent !== null && !typing(event);
  const held = mountHeld(app);
  document.addEventListener("keydown", (event) => {
    if (!isOurs(event)) return undefined;
    if (onStage(event, root) && app.stage.keyboard.key(event)) return event.preventDefault();
    const names = namesOf(event);
    const command = commands.ofKey(names);
    // Enter on a focused button presses that button, not Accept.
    if (!command || (names[0] === "Enter" && closest(event, "button")) || command.yields?.(names[0])) return undefined;
    event.preventDefault();
    if (event.repeat && command.once) return undefined;
    return command.release ? held(command, event) : command.run(app);
  });
  // The browser's paste: files in it are the import's.
  document.addEventListener("paste", (event) => {
    const command = commands.ofKey([PASTE]);
    if (!command?.yields?.(PASTE) || !isOurs(event) || event.clipboardData?.files.length) return;
    event.preventDefault();
    command.run(app);
  });
  // Boxes drawn with Shift held are asked for when it is let go.
  document.addEventListener("keyup", (event) => {
    if (event.key === "Shift" && root.isConnected) session.batching.letGo();
  });
}

/**
 * Commands that last as long as their key is held, however the modifiers change meanwhile.
 * @param {App} app
 */
function mountHeld(app) {
  /** @type {Map<string, Command>} */
  const held = new Map(); // by the key's place on the keyboard
  const releaseAll = () => {
    for (const command of held.values()) command.release?.(app);
    held.clear();
  };
  document.addEventListener("keyup", ({ code }) => {
    held.get(code)?.release?.(app);
    held.delete(code);
  });
  window.addEventListener("blur", releaseAll);
  /**
   * @param {Command} command
   * @param {KeyboardEvent} event
   */
  return (command, { code }) => {
    if (held.has(code)) return; // the key repeats
    held.set(code, command);
    command.run(app);
  };
}

/**
 * @param {Event} event
 * @param {HTMLElement} root
 */
function onStage(event, root) {
  return event.target === find(root, "[data-stage]") || event.target === document.body;
}
