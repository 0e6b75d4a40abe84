// What there is to draw, gathered from the store.

/** @import { Scene, SceneObject, State, Wired } from "../types.d.ts" */

/**
 * A function that gives the scene; its list of objects is the same one until an object changes.
 * @param {Pick<Wired, "store" | "session" | "tools">} app
 * @returns {() => Scene}
 */
export function sceneOf({ store, session, tools }) {
  /** @type {unknown[]} */
  let from = [];
  /** @type {SceneObject[]} */
  let objects = [];

  /** @param {State} values */
  const flagged = ({ objects: there, pendingObjects, flags }) => {
    if (from[0] !== there || from[1] !== pendingObjects || from[2] !== flags) {
      from = [there, pendingObjects, flags];
      objects = [...there, ...pendingObjects].map((one) => (flags[one.id] ? { ...one, ...flags[one.id] } : one));
    }
    return objects;
  };

  return () => {
    const { values } = store;
    return {
      ...values,
      objects: flagged(values),
      correcting: values.draft.of?.id ?? null,
      color: session.categories.colorOf(values.draft.category ?? values.category),
      chosenTool: tools.get(values.tool),
      theirs: values.conflict?.mask ?? null,
    };
  };
}
