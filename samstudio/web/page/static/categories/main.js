// Managing the categories: a button with `data-manage-categories` opens the dialog, and so does the canvas's command.

import { closest } from "../../canvas/panels/dom.js";
import { CategoriesDialog } from "./dialog.js";

/** Once for the whole page; what was done last can still be undone when the dialog is opened again. */
export function mountCategoriesDialog() {
  const dialog = new CategoriesDialog();
  document.addEventListener("click", (event) => {
    if (closest(event, "[data-manage-categories]")) dialog.open();
  });
  window.addEventListener("studio:manage-categories", () => dialog.open());
}
