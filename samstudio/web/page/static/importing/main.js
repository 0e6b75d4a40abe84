// The import on the page: one dialog, opened by buttons with `data-import`, and by what is dropped or pasted.

import { closest } from "../../canvas/panels/dom.js";
import { listen } from "./arrivals.js";
import { ImportDialog } from "./dialog.js";

/** Once for the whole page. */
export function mountImport() {
  const dialog = new ImportDialog();
  listen((arrivals, unread) => dialog.bring(arrivals, unread));
  document.addEventListener("click", (event) => closest(event, "[data-import]") && dialog.open());
}
