// The button in the header that takes a person's name. Where the login says one, it shows that.

import { find, partsOf } from "../canvas/panels/dom.js";
import { keepName, renewName } from "../canvas/sync/author.js";

/** @import { ServerStatus } from "../canvas/js/types.d.ts" */

/** @param {HTMLDetailsElement} place */
export function mountAuthor(place) {
  const part = partsOf(place);
  const field = part("author-field", HTMLInputElement);
  const summary = find(place, "summary");
  let name = renewName();

  /** @param {string | null} login */
  const draw = (login) => {
    part("author-name").textContent = login ?? name;
    summary.title = login || name ? `Your work is recorded under this name: ${login ?? name}` : "Your name, to record who did what";
    part("author-form").hidden = login !== null;
    part("author-login").hidden = login === null;
  };
  const close = () => {
    place.open = false;
    summary.focus();
  };

  /** @type {string | null} */
  let login = null;
  field.value = name;
  draw(login);
  window.addEventListener("studio:status", ({ detail }) => {
    if (detail.author !== login) draw((login = detail.author));
  });
  field.addEventListener("change", () => {
    name = field.value = keepName(field.value);
    draw(login);
  });
  part("author-form").addEventListener("submit", (event) => {
    event.preventDefault();
    field.blur(); // what is typed has changed then
    close();
  });
  place.addEventListener("toggle", () => place.open && login === null && field.select());
  place.addEventListener("keydown", (event) => event.key === "Escape" && place.open && close());
  document.addEventListener("pointerdown", (event) => {
    if (!event.composedPath().includes(place)) place.open = false;
  });
}
