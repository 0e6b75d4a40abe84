// Keeps what people read on the page in the chosen language: texts and the attributes that are read,
// as they come and whenever they change, before they are painted. Everybody else writes English.

const READ = ["title", "aria-label", "placeholder", "alt", "aria-valuetext", "aria-description", "aria-roledescription"];
const AS_IT_IS = "[translate], code, pre, kbd, samp, script, style, textarea";
/** @param {string} text */
const same = (text) => text;
const LETTER = /[A-Za-z]/;

/** @param {Element | null} element */
const asItIs = (element) => element !== null && element.matches(AS_IT_IS) && element.getAttribute("translate") !== "yes";
/** @param {Node | null} node */
const inside = (node) => node instanceof Element && asItIs(node.closest(AS_IT_IS));

export class PageTranslator {
  constructor(root = document.documentElement) {
    this.root = root;
    this.language = root.lang;
    this.translate = same;
    /** @type {WeakMap<Node, Record<string, { written: string, shown: string }>>} */
    this.known = new WeakMap(); // text, or element → what was written there, and what is shown for it
    this.observer = new MutationObserver((records) => this.changed(records));
    this.watching = false;
  }

  /**
   * Show the page by `translate` from now on, in `language`.
   * @param {string} language
   * @param {(text: string) => string} translate
   */
  use(language, translate) {
    this.language = language;
    this.translate = translate;
    this.root.lang = language;
    if (!this.watching) {
      const attributes = { attributes: true, attributeFilter: [...READ, "lang"] };
      this.observer.observe(this.root, { subtree: true, childList: true, characterData: true, ...attributes });
    }
    this.watching = true;
    this.tree(this.root);
    this.observer.takeRecords();
  }

  /** @param {MutationRecord[]} records */
  changed(records) {
    for (const { type, target, addedNodes, attributeName } of records) {
      if (type === "childList") for (const node of addedNodes) node.isConnected && !inside(target) && this.tree(node);
      else if (target instanceof Text) inside(target.parentElement) || this.text(target);
      else if (attributeName === "lang") this.keepLanguage(target);
      else if (attributeName && target instanceof Element) inside(target) || this.attribute(target, attributeName);
    }
    this.observer.takeRecords(); // our own
  }

  /**
   * Gradio names its own language there.
   * @param {Node} element
   */
  keepLanguage(element) {
    if (element === this.root && this.root.lang !== this.language) this.root.lang = this.language;
  }

  /** @param {Node} node */
  tree(node) {
    if (node instanceof Text) return this.text(node);
    if (!(node instanceof Element) || asItIs(node)) return undefined;
    /** @param {Node} one */
    const filter = (one) => (one instanceof Element && asItIs(one) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, filter);
    /** @type {Node | null} */
    let one = node;
    for (; one; one = walker.nextNode()) {
      if (one instanceof Text) this.text(one);
      else if (one instanceof Element) for (const { name } of [...one.attributes]) if (READ.includes(name)) this.attribute(one, name);
    }
    return undefined;
  }

  /** @param {Text} node */
  text(node) {
    const shown = this.shown(node, "text", node.data);
    if (shown !== node.data) node.data = shown;
  }

  /**
   * `data-verbatim` names an attribute that holds what a person wrote, on an element whose others do not.
   * @param {Element} element
   * @param {string} name
   */
  attribute(element, name) {
    const now = element.getAttribute(name);
    if (now === null || element.getAttribute("data-verbatim") === name) return;
    const shown = this.shown(element, name, now);
    if (shown !== now) element.setAttribute(name, shown);
  }

  /**
   * @param {Node} node
   * @param {string} name
   * @param {string} now
   */
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
