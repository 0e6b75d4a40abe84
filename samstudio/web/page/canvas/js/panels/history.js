// The history of an object: what was done to it, by whom and when, as the server has it.

import { apiUrl, fetchJson } from "../sync/http.js";
import { h, partsOf } from "./dom.js";
import { versionName } from "./draft_card.js";

/** @import { ObjectAction, ObjectWrite, StoredObject, Wired } from "../types.d.ts" */

const LOST = "The history could not be read: the server did not answer.";

/** @type {Record<ObjectAction, (entry: ObjectWrite) => string>} */
const SENTENCES = {
  added: () => "Added before histories were kept",
  imported: ({ source }) => `Imported from ${source}`,
  proposed: ({ version }) => `Proposed by ${versionName(version)}`,
  drawn: () => "Drawn",
  corrected: () => "Corrected",
  category: ({ category }) => `Category set to ${category}`,
  accepted: () => "Accepted",
  rejected: () => "Rejected",
  deleted: () => "Deleted",
  restored: () => "Restored",
  reopened: () => "Made a proposal again",
  flagged: () => "Flagged for a second look",
  unflagged: () => "Flag taken away",
  note: () => "Note changed",
  image_deleted: () => "Its image moved to the trash",
  image_restored: () => "Its image taken out of the trash",
};

/** @param {Wired} app */
export function mountHistory({ root }) {
  const part = partsOf(root);
  const dialog = part("history", HTMLDialogElement);
  /** @type {readonly ObjectWrite[]} */
  let shown = [];
  const list = () => part("history-entries").replaceChildren(...[...shown].reverse().map(row));
  window.addEventListener("studio:language", list);

  /**
   * Ask for an object's history, and show it.
   * @param {StoredObject} object
   */
  const show = async (object) => {
    part("history-of").textContent = `${object.category} ${object.id}`;
    const reply = await fetchJson(apiUrl(`annotations/${object.id}/history`), { lost: LOST });
    const problem = part("history-problem");
    problem.hidden = reply.error === undefined;
    problem.textContent = reply.error ?? "";
    shown = reply.error === undefined ? /** @type {{ items: ObjectWrite[] }} */ (reply).items : [];
    list();
    if (!dialog.open) dialog.showModal();
  };
  return { show };
}

/** @param {ObjectWrite} entry */
function row(entry) {
  const said = entry.actions.flatMap((action, i) => [i ? " · " : null, h("span", {}, (SENTENCES[action] ?? (() => action))(entry))]);
  const sent = entry.decided_at === null ? null : h("span.ss-quiet", { title: `Stored ${absolute(entry.at)}` }, "sent later");
  return h(
    "li",
    {},
    h("span.ss-history-what", {}, ...said),
    h("span.ss-history-who", { translate: "no" }, entry.author ?? ""),
    h("span.ss-history-when", {}, when(entry.decided_at ?? entry.at), sent),
  );
}

/** @param {string} moment */
function when(moment) {
  return h("time", { datetime: moment, title: absolute(moment), translate: "no" }, relative(moment));
}

/** @type {readonly [Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [["year", 31_557_600], ["month", 2_629_800], ["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]];

/**
 * "3 hours ago", in the page's language.
 * @param {string} moment
 */
function relative(moment) {
  const seconds = Math.min(0, (Date.parse(moment) - Date.now()) / 1000);
  const [unit, size] = UNITS.find((one) => -seconds >= one[1]) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" }).format(Math.trunc(seconds / size), unit);
}

/** @param {string} moment */
function absolute(moment) {
  return new Date(moment).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "medium" });
}
