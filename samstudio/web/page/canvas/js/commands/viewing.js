// Commands that change how the picture and the masks are seen.

/** @import { Command } from "../types.d.ts" */

/** @type {readonly Command[]} */
export const VIEWING = [
  {
    id: "zoomOut",
    place: "view",
    keys: ["-"],
    label: "Zoom out",
    icon: "M5 12h14",
    run: ({ stage }) => stage.zoom(0.8),
  },
  {
    id: "actual",
    place: "view",
    keys: ["0"],
    label: "Actual pixels",
    text: ({ view }) => `${Math.round((view?.scale ?? 1) * (window.devicePixelRatio || 1) * 100)}%`,
    group: "View",
    run: ({ stage }) => stage.actual(),
  },
  {
    id: "zoomIn",
    place: "view",
    keys: ["+", "="],
    label: "Zoom in",
    icon: "M12 5v14M5 12h14",
    group: "View",
    help: "Zoom in or out",
    helpWith: ["zoomOut"],
    run: ({ stage }) => stage.zoom(1.25),
  },
  {
    id: "fit",
    place: "view",
    keys: ["f"],
    label: "Fit",
    icon: "M9 4H5a1 1 0 0 0-1 1v4M15 4h4a1 1 0 0 1 1 1v4M20 15v4a1 1 0 0 1-1 1h-4M9 20H5a1 1 0 0 1-1-1v-4",
    group: "View",
    help: "Fit to the window",
    run: ({ stage }) => stage.fit(),
  },
  {
    id: "contours",
    keys: ["o"],
    label: "Outlines only",
    group: "View",
    run: ({ store, session }) => session.preferences.show({ contours: !store.get("display").contours }),
  },
  {
    id: "display",
    place: "view",
    keys: ["y"],
    label: "Brightness, contrast, opacity",
    icon:
      "M12 4v2M12 18v2M4 12h2M18 12h2M6.300 6.300l1.400 1.400M16.300 16.300l1.400 1.400M6.300 17.700l1.400-1.400M16.300 7.700l1.400-1.400" +
      "M12 8.500a3.500 3.500 0 1 0 0 7z",
    popup: true,
    group: "View",
    run: ({ display }) => display.toggle(),
  },
  {
    id: "peek",
    keys: ["q"],
    label: "Hide all masks while it is held",
    group: "View",
    run: ({ store }) => store.set({ peeking: true }),
    release: ({ store }) => store.set({ peeking: false }),
  },
  {
    id: "keepZoom",
    keys: ["Shift+z"],
    label: "Keep zoom between images",
    group: "View",
    run: ({ store, session }) => {
      const keepZoom = !store.get("keepZoom");
      store.set({ keepZoom });
      session.core.hint(keepZoom ? "The next images are shown at this zoom." : "The next images are shown as a whole.");
    },
  },
  {
    id: "keyboard",
    keys: ["k"],
    label: "Draw by keyboard: arrows move, Space clicks, Shift+Space takes away, B sets a corner of a box",
    group: "View",
    run: ({ stage }) => stage.keyboard.toggle(),
  },
];
