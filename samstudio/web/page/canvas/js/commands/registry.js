// Everything that a button or a key can do. Toolbar, keys and the list of keys read it from here.
// A command is one object, and so is a tool, which is chosen by a command: see `Command` and `Tool` in types.d.ts.
// A command is run with the app: {root, store, session, stage, display, tour, tools, commands}.

import { Registry } from "../model/registry.js";
import { ANYWHERE } from "./anywhere.js";
import { CORRECTING } from "./correcting.js";
import { DRAWING } from "./drawing.js";
import { shownKey } from "./keys.js";
import { MARKING } from "./marking.js";
import { OBJECTS } from "./objects.js";
import { saidElsewhere } from "./other_words.js";
import { VIEWING } from "./viewing.js";

/** @import { Command, Tool } from "../types.d.ts" */
/** @import { Bindings } from "./bindings.js" */
/** @import { ToolRegistry } from "../tools/registry.js" */

/**
 * A line of the list of keys; `mouse`: no key is in it; `words`: what other tools call it.
 * @typedef {{ keys: string, text: string, mouse: boolean, words: readonly string[] }} HelpLine
 */

export const GROUPS = ["Prompt", "Correct", "Objects", "View", "Anywhere"];

/** @extends {Registry<Command>} */
export class CommandRegistry extends Registry {
  /**
   * Tools come first: each is chosen by a command, and may bring commands of its own.
   * @param {ToolRegistry} tools
   * @param {Bindings} bindings
   */
  constructor(tools, bindings) {
    super();
    this.bindings = bindings;
    tools.follow((tool) => [choosing(tool), ...(tool.commands ?? [])].forEach((one) => this.register(one)));
    for (const command of [...DRAWING, ...CORRECTING, ...OBJECTS, ...MARKING, ...VIEWING, ...ANYWHERE]) this.register(command);
  }

  /** @param {Command} command */
  register(command) {
    this.bindings.declare(command);
    super.register(command);
  }

  /**
   * The command that a key belongs to on the canvas.
   * @param {readonly string[]} names
   */
  ofKey(names) {
    return this.get(this.bindings.commandOf(names) ?? "");
  }

  /**
   * What a button is called: its label, and the key that does the same.
   * @param {Command} command
   */
  nameOf({ id, label, also }) {
    const keys = this.bindings.keysOf(id).slice(0, 1).map(shownKey);
    const ways = [...keys, ...(also ? [also] : [])];
    return ways.length ? `${label} (${ways.join(", or ")})` : label;
  }

  /** `[group, lines]`: the list of keys. */
  help() {
    /** @type {Map<string, HelpLine[]>} */
    const groups = new Map(GROUPS.map((group) => [group, []]));
    for (const command of this) {
      if (command.group) groups.set(command.group, [...(groups.get(command.group) ?? []), ...this.#linesOf(command)]);
    }
    return [...groups];
  }

  /**
   * @param {Command} command
   * @returns {HelpLine[]}
   */
  #linesOf({ id, help, label, helpWith = [], gestures = [] }) {
    const keys = [id, ...helpWith].flatMap((one) => this.bindings.keysOf(one).slice(0, 1)).map(shownKey);
    const shown = keys.length > 3 ? `${keys[0]} … ${keys.at(-1)}` : keys.join(" / ");
    const words = [id, ...helpWith].map(saidElsewhere).filter(Boolean);
    const own = { keys: shown || "–", text: help ?? label, mouse: false, words };
    return [own, ...gestures.map(([what, means]) => ({ keys: what, text: means, mouse: true, words: [] }))];
  }
}

/**
 * @param {Tool} tool
 * @returns {Command}
 */
function choosing({ id, key, label, also, icon, group = "Anywhere", help, gestures, keepsMany = false }) {
  return {
    id: `tool${id[0].toUpperCase()}${id.slice(1)}`,
    keys: [key],
    label,
    also,
    icon,
    place: "tools",
    group,
    help,
    gestures,
    pressed: ({ tool }) => tool === id,
    run: ({ store }) => store.set({ tool: id, many: keepsMany && store.get("many") }),
  };
}
