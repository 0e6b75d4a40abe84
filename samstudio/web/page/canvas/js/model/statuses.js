// What a person has said of a stored object so far.

/** @import { Status } from "../types.d.ts" */

/** @type {"proposed"} */
export const PROPOSED = "proposed";
/** @type {"accepted"} */
export const ACCEPTED = "accepted";

/**
 * Whether nobody has accepted the object yet; one on its way to the server is accepted.
 * @param {{ status?: Status }} object
 */
export const isProposed = ({ status }) => status === PROPOSED;
