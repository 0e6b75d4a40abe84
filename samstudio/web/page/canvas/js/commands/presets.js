// The keys of other tools, for who comes from them. Where such a tool has no such command, the default key stays; a default key
// that a preset gives to another command has its own replacement here.

/** @import { KeyPreset } from "../types.d.ts" */

/** @type {readonly KeyPreset[]} */
export const PRESETS = [{ id: "samstudio", label: "SAM Studio", keys: {} }];
