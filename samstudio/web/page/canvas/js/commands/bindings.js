// Which keys each command has: what a person set, else what the chosen preset says, else its default. Key handling, the list
// of keys, tooltips, the tour and the page of settings read them from here.
//
// A key has one command in each context ("canvas", "gallery"). What a person set goes before the preset, and the preset before
// the defaults: a command whose key one of those took is without it.

import { shownKey } from "./keys.js";
import { PRESETS } from "./presets.js";

/** @import { Command, KeyPreset, StoredKeys } from "../types.d.ts" */

/** What bindings need of a command. @typedef {Pick<Command, "id" | "label" | "keys" | "context">} Keyed */

/** Where a command's keys hold when it does not say. */
export const CANVAS = "canvas";

export class Bindings {
  /** @type {Map<string, Keyed>} */
  #commands = new Map();
  /** @type {Map<string, string>} */
  #owners = new Map(); // context and key → the command's id
  /** @type {Map<string, readonly string[]>} */
  #keys = new Map(); // of each command, by its id
  /** @type {(() => void)[]} */
  #followers = [];
  /** @type {StoredKeys} */
  #stored;

  /**
   * @param {{ read(): StoredKeys, write(keys: StoredKeys): void, onChange(heard: () => void): void }} storage
   * @param {readonly KeyPreset[]} [presets]
   */
  constructor(storage, presets = PRESETS) {
    this.storage = storage;
    this.presets = presets;
    this.#stored = storage.read();
    storage.onChange(() => {
      this.#stored = storage.read();
      this.#resolve();
    });
  }

  /**
   * A command that is there from now on.
   * @param {Keyed} command
   */
  declare(command) {
    const { id, keys } = command;
    for (const key of keys) {
      const other = [...this.#commands.values()].find((one) => contextOf(one) === contextOf(command) && one.keys.includes(key));
      if (other) throw new Error(`The key ${key} belongs to "${other.id}" already.`);
    }
    this.#commands.set(id, command);
    this.#resolve();
  }

  /** @param {string} id */
  keysOf(id) {
    return this.#keys.get(id) ?? [];
  }

  /**
   * The id of the command that one of the names of a key belongs to.
   * @param {readonly string[]} names
   * @param {string} [context]
   */
  commandOf(names, context = CANVAS) {
    const name = names.find((one) => this.#owners.has(context + one));
    return name === undefined ? undefined : this.#owners.get(context + name);
  }

  /**
   * How a sentence names a command's key: the first one, or what the command is called where it has none.
   * @param {string} id
   */
  shown(id) {
    const [key] = this.keysOf(id);
    return key === undefined ? (this.#commands.get(id)?.label ?? id) : shownKey(key);
  }

  /**
   * Run `follower` whenever a command has other keys.
   * @param {() => void} follower
   */
  follow(follower) {
    this.#followers.push(follower);
  }

  get preset() {
    return this.presets.find(({ id }) => id === this.#stored.preset) ?? this.presets[0];
  }

  /** Use a preset, with what was changed while it was used before. @param {string} id */
  use(id) {
    this.#store({ ...this.#stored, preset: id });
  }

  /**
   * Whether a person set the keys of a command.
   * @param {string} id
   */
  isOwn(id) {
    return Object.hasOwn(this.#own, id);
  }

  /**
   * Which other command has a key in the context of this one.
   * @param {string} id
   * @param {string} key
   */
  holderOf(id, key) {
    const command = this.#commands.get(id);
    const holder = command && this.#owners.get(contextOf(command) + key);
    return holder === id ? undefined : holder;
  }

  /**
   * Give a command these keys; who has one of them loses it.
   * @param {string} id
   * @param {readonly string[]} keys
   */
  set(id, keys) {
    const losers = new Set(keys.flatMap((key) => this.holderOf(id, key) ?? []));
    const lost = [...losers].map((loser) => [loser, this.keysOf(loser).filter((key) => !keys.includes(key))]);
    this.#change({ ...this.#own, ...Object.fromEntries(lost), [id]: [...keys] });
  }

  /**
   * Whether a command has all keys that the preset, or its default, gives it, where a person set none.
   * @param {string} id
   */
  isComplete(id) {
    const wanted = this.preset.keys[id] ?? this.#commands.get(id)?.keys ?? [];
    return this.isOwn(id) || wanted.every((key) => this.keysOf(id).includes(key));
  }

  /**
   * What the preset, or the default, says of a command, as far as no other command was given it.
   * @param {string} id
   */
  reset(id) {
    this.#change(Object.fromEntries(Object.entries(this.#own).filter(([one]) => one !== id)));
  }

  resetAll() {
    this.#change({});
  }

  /** @returns {Readonly<Record<string, readonly string[]>>} */
  get #own() {
    return this.#stored.own[this.preset.id] ?? {};
  }

  /** @param {Readonly<Record<string, readonly string[]>>} own */
  #change(own) {
    this.#store({ ...this.#stored, own: { ...this.#stored.own, [this.preset.id]: own } });
  }

  /** @param {StoredKeys} stored */
  #store(stored) {
    this.#stored = stored;
    this.storage.write(stored);
    this.#resolve();
  }

  #resolve() {
    const layers = [this.#own, this.preset.keys];
    const commands = [...this.#commands.values()];
    this.#owners = new Map();
    this.#keys = new Map(commands.map(({ id }) => [id, []]));
    for (const layer of [...layers, null]) {
      for (const command of commands) if (this.#layerOf(command, layers) === layer) this.#assign(command, layer?.[command.id] ?? command.keys);
    }
    for (const follower of this.#followers) follower();
  }

  /**
   * @param {Keyed} command
   * @param {readonly Readonly<Record<string, readonly string[]>>[]} layers
   */
  #layerOf({ id }, layers) {
    return layers.find((layer) => Object.hasOwn(layer, id)) ?? null;
  }

  /**
   * @param {Keyed} command
   * @param {readonly string[]} keys
   */
  #assign(command, keys) {
    const context = contextOf(command);
    const free = keys.filter((key) => !this.#owners.has(context + key));
    for (const key of free) this.#owners.set(context + key, command.id);
    this.#keys.set(command.id, free);
  }
}

/** @param {Keyed} command */
function contextOf({ context = CANVAS }) {
  return context;
}
