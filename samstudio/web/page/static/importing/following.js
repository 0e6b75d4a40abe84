// Following the server while it makes a plan or applies it.

import * as wire from "./wire.js";

/** @import { ImportInfo } from "../../canvas/js/types.d.ts" */
/** @import { Reply } from "../../canvas/sync/http.js" */

const EVERY = 500; // milliseconds between two questions on how far the server is

/** @param {ImportInfo} session */
export const isBusy = ({ state }) => state === "planning" || state === "applying";

/**
 * Ask until the server has ended; resolves to the import as it then is, or to why it is not there.
 * @param {ImportInfo} session
 * @param {(now: ImportInfo, lost: string) => boolean} show gets each state; false where nobody looks any more
 * @returns {Promise<Reply<ImportInfo>>}
 */
export async function following(session, show) {
  /** @type {Reply<ImportInfo>} */
  let now = session;
  while (now.error === undefined && isBusy(now) && show(now, "")) {
    await new Promise((resolve) => setTimeout(resolve, EVERY));
    const reply = await wire.look(session.id);
    if (reply.error === wire.LOST) show(now, "The server does not answer now; trying again.");
    else now = reply;
  }
  return now;
}
