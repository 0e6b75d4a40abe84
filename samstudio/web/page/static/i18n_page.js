// Keeps what people read on the page in the chosen language: texts and the attributes that are read,
// as they come and whenever they change, before they are painted. Everybody else writes English.

const READ = ["title", "aria-label", "placeholder", "alt", "aria-valuetext", "aria-description", "aria-roledescription"];
const AS_IT_IS = "[translate], code, pre, kbd, samp, script, style, textarea";
const LETTER = /[A-Za-z]/;

const asItIs = (element) => Boolean(element?.matches(AS_IT_IS)) && element.getAttribute("translate") !== "yes";
const inside = (element) => asItIs(element?.closest(AS_IT_IS));

export class PageTranslator {
  constructor(root = document.documentElement) {
    this.root = root;
    this.known = new WeakMap(); // text, or element → what was written there, and what is shown for it
    this.observer = new MutationObserver((records) => this.changed(records));
    this.watching = false;
  }

  /** Show the page by `translate` from now on, in `language`. */
  use(language, translate) {
    Object.assign(this, { language, translate });
    this.root.lang = language;
    if (!this.watching) {
      const attributes = { attributes: true, attributeFilter: [...READ, "lang"] };
      this.observer.observe(this.root, { subtree: true, childList: true, characterData: true, ...attributes });
    }
    this.watching = true;
    this.tree(this.root);
    this.observer.takeRecords();
  }

  changed(records) {
    for (const { type, target, addedNodes, attributeName } of records) {
      if (type === "childList") for (const node of addedNodes) node.isConnected && !inside(target) && this.tree(node);
      else if (type === "characterData") inside(target.parentElement) || this.text(target);
      else if (attributeName === "lang") this.keepLanguage(target);
      else inside(target) || this.attribute(target, attributeName);
    }
    this.observer.takeRecords(); // our own
  }

  // Gradio names its own language there.
  keepLanguage(element) {
    if (element === this.root && element.lang !== this.language) element.lang = this.language;
  }

  tree(node) {
    if (node.nodeType === Node.TEXT_NODE) return this.text(node);
    if (node.nodeType !== Node.ELEMENT_NODE || asItIs(node)) return undefined;
    const filter = (one) => (one.nodeType === Node.ELEMENT_NODE && asItIs(one) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, filter);
    for (let one = node; one; one = walker.nextNode()) {
      if (one.nodeType === Node.TEXT_NODE) this.text(one);
      else for (const { name } of [...one.attributes]) if (READ.includes(name)) this.attribute(one, name);
    }
    return undefined;
  }

  text(node) {
    const shown = this.shown(node, "text", node.data);
    if (shown !== node.data) node.data = shown;
  }

  /** `data-verbatim` names an attribute that holds what a person wrote, on an element whose others do not. */
  attribute(element, name) {
    const now = element.getAttribute(name);
    if (now === null || element.dataset.verbatim === name) return;
    const shown = this.shown(element, name, now);
    if (shown !== now) element.setAttribute(name, shown);
  }

  shown(node, name, now) {
    const known = this.known.get(node);
    const before = known?.[name];
    if (!before && !LETTER.test(now)) return now;
    const written = before?.shown === now ? before.written : now;
    const shown = this.translate(written);
    if (before || shown !== now) this.known.set(node, { ...known, [name]: { written, shown } });
    return shown;
  }
}
