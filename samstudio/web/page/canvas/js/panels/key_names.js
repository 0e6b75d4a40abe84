// Keys that are named in the page's own text: `data-key` names the command whose key an element shows.

import { shownKey } from "../commands/keys.js";
import { find, findAll } from "./dom.js";

/** @import { App } from "../types.d.ts" */

/** @param {App} app */
export function mountKeyNames({ root, bindings }) {
  const show = () => {
    for (const element of findAll(root, "[data-key]")) {
      const [key] = bindings.keysOf(element.dataset.key ?? "");
      element.hidden = key === undefined;
      element.textContent = key === undefined ? "" : shownKey(key);
    }
    const [accept, keyboard] = ["accept", "keyboard"].map((id) => bindings.shown(id));
    const how = "drag a box round an object, left click to add, right click to take away";
    find(root, "[data-stage]").setAttribute("aria-label", `Picture: ${how}, ${accept} to accept; ${keyboard} draws by keyboard`);
  };
  show();
  bindings.follow(show);
}
