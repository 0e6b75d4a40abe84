// The name under which a person's work is recorded: typed once, kept in this browser, sent with every request
// as a cookie. The server (samstudio/authors.py) has the last word on what a name is; here it is made to fit.

import { keep, readCookie, readStored } from "./cookies.js";

const NAME = "samstudio_author";
const MOST_BYTES = 100;
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** The name that was typed here; empty for none. */
export function typedName() {
  return cleaned(decoded(readCookie(NAME) ?? readStored(NAME) ?? ""));
}

/**
 * Keep a name from now on, and return it as it is kept.
 * @param {string} text
 */
export function keepName(text) {
  const name = cleaned(text);
  keep(NAME, encodeURIComponent(name));
  return name;
}

/** At the start of a page: what the browser has forgotten of the cookie is set again. */
export function renewName() {
  const name = typedName();
  if (name) keepName(name);
  return name;
}

/**
 * On one line, of characters that are seen, and no longer than the server takes.
 * @param {string} text
 */
function cleaned(text) {
  const characters = [...text.normalize("NFC").replace(/\s/gu, " ").replace(UNSEEN, "").replace(/ +/g, " ").trim()];
  const bytes = new TextEncoder();
  while (bytes.encode(characters.join("")).length > MOST_BYTES) characters.pop();
  return characters.join("").trim();
}

/** @param {string} value */
function decoded(value) {
  try {
    return decodeURIComponent(value);
  } catch {
    return "";
  }
}
