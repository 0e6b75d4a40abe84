// Commands on what is said of images and objects.

import { FLAG, NOTE } from "../../static/states/badges.js";

/** @import { Command } from "../types.d.ts" */

/** @type {readonly Command[]} */
export const MARKING = [
  {
    id: "done",
    keys: ["Ctrl+Enter"],
    label: "Done, next",
    group: "Anywhere",
    help: "The image is done: the next one to do",
    once: true,
    run: ({ session }) => session.finishing.finish("done"),
  },
  {
    id: "nothing",
    keys: ["Ctrl+Shift+Enter"],
    label: "Nothing here, next",
    group: "Anywhere",
    help: "Nothing is on the image: the next one to do",
    once: true,
    run: ({ session }) => session.finishing.finish("nothing"),
  },
  {
    id: "notes",
    place: "objects",
    keys: ["Shift+n"],
    label: "Note",
    icon: NOTE,
    group: "Objects",
    help: "A note on the image or the selected object",
    enabled: ({ selection }) => selection.length === 1,
    run: ({ notes }) => notes.toggle(),
  },
  {
    id: "flag",
    place: "objects",
    keys: ["Shift+l"],
    label: "Needs a second look",
    icon: FLAG,
    group: "Objects",
    help: "The selected objects, or the image, need a second look",
    enabled: ({ selection }) => selection.length > 0,
    run: ({ session }) => session.marking.toggleFlag(),
  },
  { id: "flagImage", keys: [], label: "The image needs a second look", run: ({ session }) => session.marking.toggleImageFlag() },
];
