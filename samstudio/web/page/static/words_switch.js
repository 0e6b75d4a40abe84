// The button in the header that offers the other language, in that language.

import { words } from "./words.js";

const OFFERS = {
  en: { name: "English", what: "Show the page in English" },
  ja: { name: "日本語", what: "ページを日本語で表示" },
};

export function mountSwitch(button) {
  const other = () => (words.language === "ja" ? "en" : "ja");
  const draw = () => {
    const { name, what } = OFFERS[other()];
    button.textContent = name;
    button.lang = other();
    button.title = what;
    // Its label begins with what is read on it, so that it can be called by it.
    button.setAttribute("aria-label", `${name}: ${what}`);
  };
  // Without its words the page stays as it is; that the server is away is said beside it.
  button.addEventListener("click", () => words.choose(other()).catch(() => {}));
  window.addEventListener("studio:language", draw);
  draw();
}
