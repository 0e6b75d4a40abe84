// The tool that moves the picture. Space held and the middle button do so with every tool.

/** @import { Tool } from "../types.d.ts" */

/** @type {Tool} */
export const pan = {
  id: "pan",
  key: "h",
  label: "Move the picture",
  also: "hold Space",
  icon: "M12 3v18M3 12h18M12 3l-2.500 2.500M12 3l2.500 2.500M12 21l-2.500-2.500M12 21l2.500-2.500M3 12l2.500-2.500M3 12l2.500 2.500M21 12l-2.500-2.500M21 12l-2.500 2.500",
  cursor: "grab",
  group: "View",
  gestures: [
    ["Space held", "Move the picture; middle button and two fingers too"],
    ["Wheel", "Zoom; a pinch too"],
  ],
  make: () => ({ pans: true, down: () => false, move() {}, up() {}, cancel() {} }),
};
