// Which images a tab lists, in the page's address: "#dataset?text=cat", "#annotate?status=proposed". So it can be
// bookmarked and sent, survives a reload, and the browser's buttons lead through what was looked for.

import { sameQuery } from "../model/queries.js";
import { closest } from "./dom.js";
import { isTabShown } from "./tabs.js";

/** @import { Query } from "../types.d.ts" */

export class Address {
  /**
   * @param {string} tab
   * @param {{ query: () => Query, take: (query: Query) => void, isThere: () => boolean }} list `take`: another query is asked
   */
  constructor(tab, list) {
    this.tab = tab;
    this.list = list;
    this.prefix = `#${tab}?`;
    window.addEventListener("popstate", () => list.isThere() && this.#follow());
    document.addEventListener("click", (event) => list.isThere() && closest(event, `#tab-${tab}-button`) && this.write());
  }

  /** The query that the address asks of this tab; null where it is about another tab. */
  read() {
    const { hash } = location;
    if (hash.startsWith(this.prefix)) return Object.fromEntries(new URLSearchParams(hash.slice(this.prefix.length)));
    return !hash.includes("?") && isTabShown(this.tab) ? {} : null;
  }

  /** Put the query into the address, as a step of the browser's history. */
  write() {
    const written = String(new URLSearchParams(this.list.query()));
    const { pathname, search, hash } = location;
    if (hash === (written && this.prefix + written)) return;
    history.pushState(history.state, "", written ? this.prefix + written : pathname + search);
  }

  // Back, forward, or an address that was typed. That the tab is shown, the header sees to.
  #follow() {
    const query = this.read();
    if (query && !sameQuery(query, this.list.query())) this.list.take(query);
  }
}
