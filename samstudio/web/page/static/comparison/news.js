// When the comparison must look again: it came into sight, the versions changed,
// or the objects did. Nothing is done while nobody sees it: the tab may be
// hidden for hours.

import { find } from "../../canvas/panels/dom.js";

const REST = 300; // ms without further news

/**
 * Calls `look` when there is something new to see; → `{visible}`, kept up to date.
 * @param {Element} element
 * @param {() => void} look
 */
export function follow(element, look) {
  const news = { visible: false };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  /** @type {Element | null} */
  let table = null;
  /** @type {string | null} */
  let dataset = null;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => news.visible && look(), REST);
  };
  new IntersectionObserver((entries) => {
    news.visible = Boolean(entries.at(-1)?.isIntersecting);
    if (!news.visible) return;
    look();
    table ??= watchTable(soon);
  }).observe(element);
  window.addEventListener("studio:status", ({ detail }) => {
    const changed = dataset !== null && detail.stamps.dataset !== dataset;
    dataset = detail.stamps.dataset;
    if (changed) soon();
  });
  return news;
}

// The table of versions is drawn anew whenever one was made, promoted or deleted.
/** @param {() => void} changed */
function watchTable(changed) {
  const table = find(document, "#versions");
  new MutationObserver(changed).observe(table, { childList: true, subtree: true, characterData: true });
  return table;
}
