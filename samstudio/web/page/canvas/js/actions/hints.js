// Sentences that several actions say.

/** @import { Bindings } from "../commands/bindings.js" */

/**
 * A correction is begun: it comes first.
 * @param {Bindings} bindings
 */
export function correctionOpen(bindings) {
  return `Save or clear the correction first (${bindings.shown("accept")} or ${bindings.shown("discard")}).`;
}
