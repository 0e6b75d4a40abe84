// Commands that mean the same whatever is being done.

import { find } from "../panels/dom.js";

/** @import { Command } from "../types.d.ts" */

/** @type {readonly Command[]} */
export const ANYWHERE = [
  {
    id: "undo",
    place: "history",
    keys: ["Ctrl+z"],
    label: "Undo",
    icon: "M8 5L4 9l4 4M4 9h10a5.500 5.500 0 0 1 0 11h-3",
    group: "Anywhere",
    run: ({ session }) => session.undo(),
  },
  {
    id: "redo",
    place: "history",
    keys: ["Ctrl+Shift+z", "Ctrl+y"],
    label: "Redo",
    icon: "M16 5l4 4-4 4M20 9H10a5.500 5.500 0 0 0 0 11h3",
    group: "Anywhere",
    run: ({ session }) => session.redo(),
  },
  {
    id: "previous",
    place: "images",
    keys: ["ArrowLeft", "PageUp", "a"],
    label: "Previous image",
    icon: "M15 5l-7 7 7 7",
    group: "Anywhere",
    help: "Previous or next image",
    helpWith: ["next"],
    run: ({ session }) => session.images.step(-1),
  },
  {
    id: "next",
    place: "images",
    keys: ["ArrowRight", "PageDown", "d"],
    label: "Next image",
    icon: "M9 5l7 7-7 7",
    run: ({ session }) => session.images.step(1),
  },
  {
    id: "help",
    place: "images",
    keys: ["?", "F1"],
    label: "Keys",
    icon: "M9 9a3 3 0 1 1 4.200 2.800c-.800.400-1.200 1-1.200 1.900M12 17.500v.010",
    group: "Anywhere",
    help: "This list",
    run: ({ root }) => find(root, "[data-help]", HTMLDialogElement).showModal(),
  },
  {
    id: "saved",
    keys: ["Ctrl+s"],
    label: "Save",
    group: "Anywhere",
    help: "Nothing to save by hand: tells what is saved",
    run: ({ session }) => session.saving.report(),
  },
  { id: "settings", keys: ["Ctrl+,"], label: "Settings", group: "Anywhere", help: "Settings: keys and presets", run: ({ settings }) => settings.open() },
  {
    id: "manageCategories",
    place: "categories",
    keys: ["Shift+c"],
    label: "Manage categories",
    icon: "M4 20l1-5L16 4l4 4L9 19zM14 6l4 4",
    group: "Anywhere",
    help: "Categories: names, colours, order, merging",
    run: () => window.dispatchEvent(new CustomEvent("studio:manage-categories")),
  },
  {
    id: "tour",
    keys: [],
    label: "Show the tour",
    run: ({ root, tour }) => {
      find(root, "[data-help]", HTMLDialogElement).close();
      tour.start();
    },
  },
];
