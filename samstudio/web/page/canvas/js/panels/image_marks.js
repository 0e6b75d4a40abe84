// Where the open image stands: signs beside its name, and at the foot of the side with the buttons that say so.

import { FLAG, NOTE, stateBadge } from "../../static/states/badges.js";
import { marksOfImage, standing } from "../model/marks.js";
import { drawn, findAll, partsOf } from "./dom.js";
import { signsOf } from "./signs.js";

/** @import { App, State } from "../types.d.ts" */

/** @param {App} app */
export function mountImageMarks({ root, store, commands, bindings, notes }) {
  const part = partsOf(root);
  const flag = part("image-flag");
  const note = part("image-note");
  flag.append(drawn(FLAG));
  note.append(drawn(NOTE));
  note.addEventListener("click", () => notes.toggle("image"));

  const name = () => {
    for (const button of findAll(root, "[data-finish]")) {
      const command = commands.get(button.dataset.command ?? "");
      if (!command) continue;
      button.title = commands.nameOf(command);
      button.setAttribute("aria-label", button.title);
    }
  };
  name();
  bindings.follow(name);

  /** @param {State} values */
  const draw = (values) => {
    const open = values.image;
    part("image-marks").hidden = !open;
    part("title-signs").hidden = !open;
    if (!open) return;
    const image = values.images.find((one) => one.id === open.id) ?? open;
    const { note: text, flagged } = marksOfImage(values, image);
    signsOf(part("title-signs"), values, image);
    part("image-state").replaceChildren(stateBadge(standing(values, image), { named: true }));
    flag.classList.toggle("ss-on", flagged);
    flag.setAttribute("aria-pressed", String(flagged));
    flag.title = flagged ? "The image needs a second look: take that back" : "The image needs a second look";
    note.classList.toggle("ss-on", Boolean(text));
    note.title = text ? "The image's note" : "Write a note on the image";
    flag.setAttribute("aria-label", flag.title);
    note.setAttribute("aria-label", note.title);
  };
  store.on(["image", "images", "objects", "unsent", "unsentMarks"], draw);
}
