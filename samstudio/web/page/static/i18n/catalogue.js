// English into another language: whole messages, messages with holes such as "{0} of {1}", and
// paragraphs sentence by sentence. Knows no page.

const HOLE = /\{\d+\*?\}/;
const HOLES = /\{(\d+)(\*?)\}/g;
const WORDS = /[A-Za-z]+/g;
const LETTER = /[A-Za-z]/;
const MORE = / · |[.!?] [A-Z“]/; // what goes on after this is another message
const SENTENCES = /(?<=[.!?:]) (?=[A-Z“"¼½¾])/;
const DOT = " · ";
const REMEMBERED = 4000;

/**
 * From English to another language.
 * @typedef {Record<string, string>} Messages
 */

/**
 * A message with holes: the other language's text, its holes as they come in English (`translated`: what fills one is
 * a message too), what English text it matches, how much of that it says, and its longest word.
 * @typedef {{ other: string, holes: { name: string, translated: boolean }[], shape: RegExp, weight: number, word: string }} Pattern
 */

export class Catalogue {
  /**
   * `messages`: from English to the other language.
   * @param {Messages} messages
   */
  constructor(messages) {
    /** @type {Map<string, string>} */
    this.whole = new Map();
    /** @type {Map<string, Pattern[]>} */
    this.byWord = new Map(); // a word of its own → the patterns that no text without it can match
    /** @type {Map<string, string | null>} */
    this.found = new Map(); // what was looked up, the oldest first
    for (const [english, other] of Object.entries(messages)) this.add(normal(english), other);
  }

  /**
   * @param {string} english
   * @param {string} other
   */
  add(english, other) {
    if (!HOLE.test(english)) return void this.whole.set(english, other);
    const pattern = patternOf(english, other);
    const list = this.byWord.get(pattern.word) ?? [];
    this.byWord.set(pattern.word, [...list, pattern]);
  }

  /**
   * A text in the other language, with the spaces round it; unchanged where no message matches.
   * @param {string} text
   * @returns {string}
   */
  translate(text) {
    if (!LETTER.test(text)) return text;
    const found = this.remembered(normal(text));
    return found === null ? text : text.replace(/\S[\s\S]*\S|\S/, () => found);
  }

  /**
   * @param {string} text
   * @returns {string | null}
   */
  remembered(text) {
    const known = this.found.get(text);
    if (known !== undefined) return known;
    const found = this.look(text);
    const [oldest] = this.found.keys();
    if (this.found.size >= REMEMBERED) this.found.delete(oldest);
    this.found.set(text, found);
    return found;
  }

  /**
   * @param {string} text
   * @returns {string | null}
   */
  look(text) {
    return this.message(text) ?? this.written(text) ?? this.parts(text) ?? this.matching(text, { strict: false });
  }

  /**
   * @param {string} text
   * @returns {string | null}
   */
  message(text) {
    return this.whole.get(text) ?? this.matching(text, { strict: true });
  }

  /**
   * The text by the pattern that says most of it. `strict`: what fills a hole is no message of its own.
   * @param {string} text
   * @param {{ strict: boolean }} how
   * @returns {string | null}
   */
  matching(text, { strict }) {
    const words = new Set(text.match(WORDS)).add("");
    const patterns = [...words].flatMap((word) => this.byWord.get(word) ?? []).sort((one, other) => other.weight - one.weight);
    for (const pattern of patterns) {
      const filled = pattern.shape.exec(text)?.slice(1);
      if (filled && !(strict && filled.some((part, hole) => !pattern.holes[hole].translated && MORE.test(part)))) {
        return this.fill(pattern, filled);
      }
    }
    return null;
  }

  /**
   * @param {Pattern} pattern
   * @param {string[]} parts
   * @returns {string}
   */
  fill({ other, holes }, parts) {
    const by = new Map(holes.map(({ name }, i) => [name, parts[i]]));
    return other.replace(HOLES, (_, name, star) => (star ? this.translate(by.get(name) ?? "") : (by.get(name) ?? "")));
  }

  /**
   * A refusal is often shown with a capital letter or a full stop that its message has not.
   * @param {string} text
   * @returns {string | null}
   */
  written(text) {
    const small = text[0].toLowerCase() + text.slice(1);
    const found = small === text ? null : this.message(small);
    if (found !== null || !text.endsWith(".")) return found;
    const open = this.message(text.slice(0, -1)) ?? this.message(small.slice(0, -1));
    return open === null ? null : `${open}。`;
  }

  /**
   * @param {string} text
   * @returns {string | null}
   */
  parts(text) {
    if (text.includes(DOT)) return this.joined(text.split(DOT), DOT);
    const sentences = text.split(SENTENCES);
    return sentences.length > 1 ? this.paragraph(sentences) : null;
  }

  /**
   * @param {string[]} parts
   * @param {string} between
   */
  joined(parts, between) {
    const translated = parts.map((part) => this.translate(part));
    return translated.some((one, i) => one !== parts[i]) ? translated.join(between) : null;
  }

  /**
   * As many sentences at once as a message has.
   * @param {string[]} sentences
   */
  paragraph(sentences) {
    let translated = "";
    let any = false;
    for (let from = 0, to; from < sentences.length; from = to) {
      let found = null;
      for (to = sentences.length; ; to -= 1) {
        const text = sentences.slice(from, to).join(" ");
        if (to - from < sentences.length) found = this.message(text) ?? this.written(text);
        if (found !== null || to === from + 1) break;
      }
      any ||= found !== null;
      translated += (/^$|[。！？」]$/.test(translated) ? "" : " ") + (found ?? sentences[from]);
    }
    return any ? translated : null;
  }
}

/** @param {string} text */
function normal(text) {
  return text.trim().replace(/\s+/g, " ");
}

/**
 * @param {string} english
 * @param {string} other
 * @returns {Pattern}
 */
function patternOf(english, other) {
  const holes = [...english.matchAll(HOLES)].map(([, name, star]) => ({ name, translated: star === "*" }));
  const between = english.split(/\{\d+\*?\}/);
  return {
    other,
    holes,
    shape: new RegExp(`^${between.map(escaped).join("([\\s\\S]+?)")}$`, "u"),
    weight: between.join("").length,
    word: longestWord(between),
  };
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, (sign) => (sign === "-" ? "\\x2d" : `\\${sign}`));
}

// Of the words that stand alone; one that touches a hole may be longer in the text.
/** @param {string[]} between */
function longestWord(between) {
  const alone = between.flatMap((literal, i) =>
    [...literal.matchAll(WORDS)]
      .filter(({ 0: word, index }) => (i === 0 || index > 0) && (i === between.length - 1 || index + word.length < literal.length))
      .map(({ 0: word }) => word),
  );
  return alone.reduce((longest, word) => (word.length > longest.length ? word : longest), "");
}
