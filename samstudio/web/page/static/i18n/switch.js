// The button in the header that offers the other language, in that language.

import { i18n } from "./i18n.js";

const OFFERS = {
  en: { name: "English", what: "Show the page in English" },
  ja: { name: "日本語", what: "ページを日本語で表示" },
};

/** @param {HTMLElement} button */
export function mountSwitch(button) {
  const other = () => (i18n.language === "ja" ? "en" : "ja");
  const draw = () => {
    const { name, what } = OFFERS[other()];
    button.textContent = name;
    button.lang = other();
    button.title = what;
    // Its label begins with what is read on it, so that it can be called by it.
    button.setAttribute("aria-label", `${name}: ${what}`);
  };
  // Without its catalogue the page stays as it is; the header says that the server is away.
  button.addEventListener("click", () => i18n.choose(other()).catch(() => {}));
  window.addEventListener("studio:language", draw);
  draw();
}
