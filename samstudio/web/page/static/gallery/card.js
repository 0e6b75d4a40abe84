// One card: a picture with its masks, the image's name and what is on it.

import { h, icon } from "../../canvas/panels/dom.js";
import { flagBadge, noteBadge, stateBadge, stateName } from "../states/badges.js";
import { pageUrl } from "../../canvas/sync/http.js";

/** @import { Card } from "./types.d.ts" */

/**
 * The element for a card; null while its image is not known.
 * @param {number} index
 * @param {Card | undefined} card
 * @param {number} total
 */
export function cardElement(index, card, total) {
  const position = { id: cardId(index), role: "option", "aria-posinset": index + 1, "aria-setsize": total, "aria-selected": "false", "data-index": index };
  if (!card) return h("div.ss-image.ss-unknown", { ...position, "aria-label": "Loading" });
  const said = described(card);
  return h(
    "div.ss-image",
    { ...position, "aria-label": [card.filename, said, ...spoken(card)].join(", "), "data-image": card.id },
    h("img", { src: pictureOf(card), alt: "", loading: "eager", decoding: "async", draggable: "false" }),
    pick(),
    signs(card),
    h(
      "div.ss-foot",
      {},
      h("div", {}, h("strong", { translate: "no", title: card.filename }, card.filename), h("span", {}, said)),
      action(card),
    ),
  );
}

/** @param {number} index */
export function cardId(index) {
  return `ss-card-${index}`;
}

/** @param {Card} card */
function pictureOf(card) {
  return pageUrl(card.trashed ? `thumbs/${card.id}` : `overlays/${card.id}?changed=${encodeURIComponent(card.changed)}`);
}

/** @param {Card} card */
function described({ accepted, proposed, state, trashed }) {
  if (trashed) return "in the trash";
  if (state === "nothing") return "nothing here";
  if (accepted && proposed) return `${accepted} accepted, ${proposed} proposed`;
  if (proposed) return `${proposed} proposed`;
  if (!accepted) return "no masks yet";
  return accepted === 1 ? "1 mask" : `${accepted} masks`;
}

// Cards of images that nobody has begun are most of a new set, and show nothing.
/** @param {Card} card */
function signs({ state, flagged, note }) {
  return h("div.ss-signs", { "aria-hidden": "true" }, note ? noteBadge(note) : null, flagged ? flagBadge() : null, state === "todo" ? null : stateBadge(state));
}

/** @param {Card} card */
function spoken({ state, flagged, note }) {
  return [...(state === "done" ? [stateName(state)] : []), ...(flagged ? ["needs a second look"] : []), ...(note ? ["has a note"] : [])];
}

// The keys do the same (Space).
function pick() {
  return h("button.ss-pick", { type: "button", tabindex: -1, "aria-hidden": "true", "data-pick": "", title: "Select (Space, or Ctrl+click)" }, icon("check"));
}

// The keys do the same (Delete): a list's options hold nothing that Tab reaches.
/** @param {Card} card */
function action(card) {
  const common = { type: "button", tabindex: -1, "aria-hidden": "true" };
  if (card.trashed) return h("button.ss-button.ss-small", { ...common, "data-restore": "", title: "Restore with its masks" }, "Restore");
  return h("button.ss-icon", { ...common, "data-delete": "", title: `Delete ${card.filename}` }, icon("trash"));
}
