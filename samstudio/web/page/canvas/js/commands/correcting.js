// Commands that clean a mask.

/** @import { Cleaning, Command } from "../types.d.ts" */

/**
 * @param {Pick<Command, "keys" | "label" | "icon" | "group" | "help" | "helpWith"> & { id: Cleaning }} command
 * @returns {Command}
 */
const cleaning = ({ id, ...rest }) => ({
  id,
  place: "cleaning", // always there, so that the list below does not move away under a double click
  enabled: ({ draft, selection }) => draft.mask !== null || selection.length === 1,
  run: ({ session }) => session.correcting.clean(id),
  ...rest,
});

/** @type {readonly Command[]} */
export const CORRECTING = [
  cleaning({
    id: "fill",
    keys: ["g"],
    label: "Fill holes",
    icon: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM9 12h6M12 9v6",
    group: "Correct",
  }),
  cleaning({
    id: "specks",
    keys: ["r"],
    label: "Remove specks",
    icon: "M5 5l14 14M7 16v.010M12 18v.010M17 8v.010M9 7v.010M16 14v.010",
    group: "Correct",
  }),
  cleaning({
    id: "grow",
    keys: ["."],
    label: "Grow",
    icon: "M12 3v4M12 17v4M3 12h4M17 12h4M9 9h6v6H9z",
    group: "Correct",
    help: "Grow, shrink",
    helpWith: ["shrink"],
  }),
  cleaning({
    id: "shrink",
    keys: [","],
    label: "Shrink",
    icon: "M12 3v5M10 6l2 2 2-2M12 21v-5M10 18l2-2 2 2M3 12h5M21 12h-5",
  }),
  cleaning({
    id: "smooth",
    keys: ["w"],
    label: "Smooth the edge",
    icon: "M3 15c3-8 6-8 9-3s6 5 9-3",
    group: "Correct",
  }),
];
