// One suggestion: the pictures, what group they would be, and the two answers.

import { h } from "../../canvas/panels/dom.js";
import { pageUrl } from "../../canvas/sync/http.js";
import { number } from "../importing/numbers.js";

/** @import { SuggestedImage, Suggestion } from "./wire.js" */

const SHOWN = 8;

/**
 * @param {Suggestion} one
 * @param {{ accept(): unknown, dismiss(): unknown, open(id: string): unknown }} act
 */
export function suggestionCard(one, act) {
  const pictures = one.images.slice(0, SHOWN).map((image) => picture(image, () => act.open(image.id)));
  const rest = one.count - pictures.length;
  const more = rest > 0 ? h("span.ss-near-more", {}, `and ${number(rest)} more`) : null;
  return h(
    "section.ss-near-one",
    { "data-suggestion": one.id },
    h(
      "div.ss-between",
      {},
      h("div", {}, h("strong", {}, one.count === 1 ? "1 image" : `${number(one.count)} images`), " ", h("span.ss-quiet", {}, `${Math.floor(100 * one.similarity)} % alike`), ...joins(one)),
      h("div.ss-row", {}, action("Not alike", act.dismiss), action("Make a group", act.accept, true)),
    ),
    h("div.ss-near-pictures", {}, pictures, more),
  );
}

/** @param {Suggestion} one */
function joins({ groups, name }) {
  if (!groups.length) return [];
  const text = groups.length === 1 ? "They join the group" : `${number(groups.length)} groups become one:`;
  return [" ", h("span.ss-quiet", {}, text), " ", h("span", { translate: "no" }, name)];
}

/**
 * @param {SuggestedImage} image
 * @param {() => unknown} open
 */
function picture({ id, filename }, open) {
  const shown = h("img", { src: pageUrl(`thumbs/${id}`), alt: filename, loading: "lazy", decoding: "async" });
  return h("button.ss-near-picture", { type: "button", title: filename, translate: "no", onclick: open }, shown, h("span", {}, filename));
}

/**
 * @param {string} label
 * @param {() => unknown} onclick
 * @param {boolean} [first]
 */
function action(label, onclick, first = false) {
  return h(`button.ss-button.ss-small${first ? ".ss-primary" : ""}`, { type: "button", onclick }, label);
}
