// Calls to the gallery's server functions: they resolve to the reply, or reject with a sentence for a person.

/** @import { Server } from "../../canvas/js/types.d.ts" */
/** @import { Call, Calls } from "./types.d.ts" */

const LOST = "The server did not answer. Try again in a moment.";

/**
 * @param {Server} server
 * @returns {Call}
 */
export function callsOf(server) {
  return async (name, request) => {
    const reply = await server[name](request).catch(() => null);
    if (!reply || typeof reply !== "object") throw new Error(LOST);
    if ("error" in reply) throw new Error(String(reply.error));
    return /** @type {Calls[typeof name]["reply"]} */ (reply);
  };
}
