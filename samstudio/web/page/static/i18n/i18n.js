// The language of the page: which it is, how it is changed, and the translations of what is not on the page
// as text (canvas, confirm). The server says how to `start` in the page's head, before anything is drawn.

import { keep, readCookie, readStored } from "../../canvas/sync/cookies.js";
import { Catalogue } from "./catalogue.js";
import { PageTranslator } from "./page.js";

/** @import { Messages } from "./catalogue.js" */

const NAME = "samstudio_language"; // the server knows the cookie: it answers the login page with it
/** @param {string} text */
const same = (text) => text;

class I18n {
  language = "en";
  /** @type {Record<string, string>} */
  addresses = {};
  /** @type {(text: string) => string} */
  translate = same;
  /** @type {Record<string, Catalogue>} */
  #catalogues = {};
  #page = new PageTranslator();

  /**
   * `language`: what cookie and browser want; `addresses`: each other language's catalogue; `messages`: those of `language`.
   * @param {{ language: string, addresses: Record<string, string>, messages?: Messages }} settings
   */
  start({ language, addresses, messages }) {
    // Gradio would follow the browser, whatever is chosen here: its English is in our catalogue too.
    Object.defineProperty(navigator, "language", { value: "en", configurable: true });
    this.addresses = addresses;
    if (messages) this.#catalogues[language] = new Catalogue(messages);
    const asked = askedFor();
    if (asked) keep(NAME, language);
    const kept = asked || readCookie(NAME) ? null : readStored(NAME);
    if (language !== "en") this.#show(language);
    if (kept && kept !== language) this.choose(kept).catch(() => {}); // what the server chose stays
  }

  /**
   * Another language, at once and from now on. Rejects when its catalogue cannot be loaded.
   * @param {string} language
   */
  async choose(language) {
    if (language !== "en" && !this.#catalogues[language]) {
      const { default: messages } = await import(new URL(this.addresses[language], document.baseURI).href);
      this.#catalogues[language] = new Catalogue(messages);
    }
    keep(NAME, language);
    this.#show(language);
  }

  /** @param {string} language */
  #show(language) {
    const catalogue = this.#catalogues[language];
    this.language = language;
    this.translate = catalogue ? (text) => catalogue.translate(text) : same;
    this.#page.use(language, this.translate);
    window.dispatchEvent(new CustomEvent("studio:language", { detail: language }));
  }
}

export const i18n = new I18n();

// "?language=ja" chooses; once that is kept, the address need not translate it again.
function askedFor() {
  const address = new URL(location.href);
  if (!address.searchParams.has("language")) return false;
  address.searchParams.delete("language");
  history.replaceState(history.state, "", address);
  return true;
}
