// Everything that a button or a key can do. Toolbar, keys and the list of keys read it from here.
//
// A command is {id, keys, label, run} and, where they apply:
//   run(app)           what it does; `app` is {root, store, session, stage, display, tour, …}
//   icon, text(values) what its button shows: the path of an icon on a grid of 24 x 24, or text
//   place              where it has a button: a `data-buttons` of canvas.html
//   keyHint            the keys named with its label, where they are not just the first of `keys`
//   pressed(values)    whether its button is pressed; likewise `enabled(values)`
//   popup              true where its button opens something beside itself
//   group, help        its line in the list of keys (no line without a group; `help` is more than the label)
//   helpKeys           the keys in that line, where it speaks for several commands
//   gestures           more lines, of what the mouse does: [what, means]

import { Registry } from "../model/registry.js";
import { ANYWHERE } from "./anywhere.js";
import { CORRECTING } from "./correcting.js";
import { DRAWING } from "./drawing.js";
import { shownKey } from "./keys.js";
import { OBJECTS } from "./objects.js";
import { VIEWING } from "./viewing.js";

export const GROUPS = ["Prompt", "Correct", "Objects", "View", "Anywhere"];

export class CommandRegistry extends Registry {
  #byKey = new Map();

  /** Tools come first: each is chosen by a command, and may bring commands of its own. */
  constructor(tools) {
    super();
    tools.follow((tool) => [choosing(tool), ...(tool.commands ?? [])].forEach((one) => this.register(one)));
    for (const command of [...DRAWING, ...CORRECTING, ...OBJECTS, ...VIEWING, ...ANYWHERE]) this.register(command);
  }

  register(command) {
    const taken = command.keys.find((key) => this.#byKey.has(key));
    if (taken) throw new Error(`The key ${taken} belongs to "${this.#byKey.get(taken).id}" already.`);
    for (const key of command.keys) this.#byKey.set(key, command);
    super.register(command);
  }

  ofKey(name) {
    return this.#byKey.get(name);
  }

  /** `[group, [{keys, text, mouse}]]`: the list of keys. */
  help() {
    const groups = new Map(GROUPS.map((group) => [group, []]));
    for (const command of this) {
      if (!command.group) continue;
      if (!groups.has(command.group)) groups.set(command.group, []);
      groups.get(command.group).push(...linesOf(command));
    }
    return [...groups];
  }
}

/** What a button is called: its label, and the key that does the same. */
export function nameOf({ label, keyHint, keys }) {
  return keys.length ? `${label} (${keyHint ?? shownKey(keys[0])})` : label;
}

function linesOf({ help, label, keys, helpKeys, gestures = [] }) {
  const own = { keys: helpKeys ?? shownKey(keys[0]), text: help ?? label, mouse: false };
  return [own, ...gestures.map(([what, means]) => ({ keys: what, text: means, mouse: true }))];
}

function choosing({ id, key, label, keyHint, icon, group = "Anywhere", help, gestures }) {
  return {
    id: `tool${id[0].toUpperCase()}${id.slice(1)}`,
    keys: [key],
    label,
    keyHint,
    icon,
    place: "tools",
    group,
    help,
    gestures,
    pressed: ({ tool }) => tool === id,
    run: ({ store }) => store.set({ tool: id, many: id === "prompt" && store.get("many") }),
  };
}
