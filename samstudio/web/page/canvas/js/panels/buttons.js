// The buttons of commands: those with a place are drawn there, the others stand in canvas.html.

import { nameOf } from "../commands/registry.js";
import { drawn, h } from "./dom.js";

export function mountButtons(app) {
  const { root, store, commands } = app;
  const updates = []; // of the buttons that show what the store knows

  commands.follow((command) => {
    if (!command.place) return;
    const button = draw(command, root.querySelector(`[data-buttons="${command.place}"]`));
    const update = updating(button, command);
    update(store.values);
    updates.push(update);
  });
  store.on(Object.keys(store.values), (values) => {
    for (const update of updates) update(values);
  });

  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.command) commands.get(button.dataset.command).run(app);
    // A mouse click on a button leaves the keys with the picture: Enter is Accept, not that button again.
    if (button && event.detail > 0 && !button.closest("dialog, [data-display]")) root.querySelector("[data-stage]").focus({ preventScroll: true });
  });
}

function draw(command, place) {
  const name = nameOf(command);
  const kind = place.closest("[role=toolbar]") ? "ss-tool" : "ss-icon";
  const button = h(
    `button.${kind}${command.text ? ".ss-scale" : ""}`,
    { type: "button", "data-command": command.id, "aria-label": name, title: name, "aria-expanded": command.popup ? "false" : null },
    command.icon ? drawn(command.icon) : null,
  );
  place.append(button);
  return button;
}

// Writes only what changed: the store changes with every move of the mouse.
function updating(button, { pressed, enabled, text }) {
  const write = [];
  if (pressed) write.push([pressed, (is) => button.setAttribute("aria-pressed", String(Boolean(is)))]);
  if (enabled) write.push([enabled, (is) => (button.disabled = !is)]);
  if (text) write.push([text, (shown) => (button.textContent = shown)]);
  const last = [];
  return (values) => {
    write.forEach(([read, show], i) => {
      const now = read(values);
      if (now !== last[i]) show(now);
      last[i] = now;
    });
  };
}
