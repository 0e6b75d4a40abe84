// The keyboard: keys run commands, wherever the focus is, unless it is in something that takes text.

import { namesOf, typing } from "../commands/keys.js";
import { closest, find } from "./dom.js";

/** @import { App } from "../types.d.ts" */

/** @param {App} app */
export function mountShortcuts(app) {
  const { root, session, commands } = app;
  document.addEventListener("keydown", (event) => {
    if (!root.isConnected || root.offsetParent === null || typing(event)) return;
    if (onStage(event, root) && app.stage.keyboard.key(event)) return event.preventDefault();
    const command = commands.ofKey(namesOf(event));
    // Enter on a focused button presses that button, not Accept.
    if (!command || (event.key === "Enter" && closest(event, "button"))) return undefined;
    event.preventDefault();
    return command.run(app);
  });
  // Boxes drawn with Shift held are asked for when it is let go.
  document.addEventListener("keyup", (event) => {
    if (event.key === "Shift" && root.isConnected) session.batching.letGo();
  });
}

/**
 * @param {Event} event
 * @param {HTMLElement} root
 */
function onStage(event, root) {
  return event.target === find(root, "[data-stage]") || event.target === document.body;
}
