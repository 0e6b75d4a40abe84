// What a person has said of a stored object so far.

export const PROPOSED = "proposed";
export const ACCEPTED = "accepted";

/** Whether nobody has accepted the object yet; one on its way to the server is accepted. */
export const isProposed = ({ status }) => status === PROPOSED;
