// Everything that a button or a key can do. Toolbar, keys and the list of keys read it from here.
// A command is one object, and so is a tool, which is chosen by a command: see `Command` and `Tool` in types.d.ts.
// A command is run with the app: {root, store, session, stage, display, tour, tools, commands}.

import { Registry } from "../model/registry.js";
import { ANYWHERE } from "./anywhere.js";
import { CORRECTING } from "./correcting.js";
import { DRAWING } from "./drawing.js";
import { shownKey } from "./keys.js";
import { OBJECTS } from "./objects.js";
import { VIEWING } from "./viewing.js";

/** @import { Command, Tool } from "../types.d.ts" */
/** @import { ToolRegistry } from "../tools/registry.js" */

/** @typedef {{ keys: string, text: string, mouse: boolean }} HelpLine A line of the list of keys; `mouse`: no key is in it. */

export const GROUPS = ["Prompt", "Correct", "Objects", "View", "Anywhere"];

/** @extends {Registry<Command>} */
export class CommandRegistry extends Registry {
  /** @type {Map<string, Command>} */
  #byKey = new Map();

  /**
   * Tools come first: each is chosen by a command, and may bring commands of its own.
   * @param {ToolRegistry} tools
   */
  constructor(tools) {
    super();
    tools.follow((tool) => [choosing(tool), ...(tool.commands ?? [])].forEach((one) => this.register(one)));
    for (const command of [...DRAWING, ...CORRECTING, ...OBJECTS, ...VIEWING, ...ANYWHERE]) this.register(command);
  }

  /** @param {Command} command */
  register(command) {
    for (const key of command.keys) {
      const owner = this.#byKey.get(key);
      if (owner) throw new Error(`The key ${key} belongs to "${owner.id}" already.`);
    }
    for (const key of command.keys) this.#byKey.set(key, command);
    super.register(command);
  }

  /** @param {string | null} name */
  ofKey(name) {
    return name === null ? undefined : this.#byKey.get(name);
  }

  /** `[group, [{keys, text, mouse}]]`: the list of keys. */
  help() {
    /** @type {Map<string, HelpLine[]>} */
    const groups = new Map(GROUPS.map((group) => [group, []]));
    for (const command of this) {
      if (command.group) groups.set(command.group, [...(groups.get(command.group) ?? []), ...linesOf(command)]);
    }
    return [...groups];
  }
}

/**
 * What a button is called: its label, and the key that does the same.
 * @param {Command} command
 */
export function nameOf({ label, keyHint, keys }) {
  return keys.length ? `${label} (${keyHint ?? shownKey(keys[0])})` : label;
}

/**
 * @param {Command} command
 * @returns {HelpLine[]}
 */
function linesOf({ help, label, keys, helpKeys, gestures = [] }) {
  const own = { keys: helpKeys ?? shownKey(keys[0]), text: help ?? label, mouse: false };
  return [own, ...gestures.map(([what, means]) => ({ keys: what, text: means, mouse: true }))];
}

/**
 * @param {Tool} tool
 * @returns {Command}
 */
function choosing({ id, key, label, keyHint, icon, group = "Anywhere", help, gestures, keepsMany = false }) {
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
    run: ({ store }) => store.set({ tool: id, many: keepsMany && store.get("many") }),
  };
}
