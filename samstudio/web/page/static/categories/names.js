// What a name means beside the names that there are: said before it is saved.

import { objects } from "./said.js";

/** @import { Category } from "./wire.js" */

/** `taken`: the category that has it; `hint`: what else to know. @typedef {{ name: string, problem?: string, taken?: Category, hint?: string }} Verdict */

/**
 * @param {string} typed
 * @param {readonly Category[]} all
 * @param {Category | null} [own] the category that is to get the name; null: a new one
 * @returns {Verdict}
 */
export function judged(typed, all, own = null) {
  const name = typed.split(/\s+/).filter(Boolean).join(" ");
  const others = all.filter(({ id }) => id !== own?.id);
  if (!name) return { name, problem: "A category needs a name." };
  const taken = others.find((one) => one.name === name);
  if (taken) return { name, taken, problem: `There is a category “${name}” already: ${objects(taken)}.` };
  const alike = others.find((one) => folded(one.name) === folded(name));
  if (alike) return { name, hint: `There is “${alike.name}” too. Names that differ in capitals alone are two categories.` };
  const former = others.find((one) => one.former_names.includes(name));
  if (former) return { name, hint: `“${former.name}” had this name. What comes by this name will be of this category from now on.` };
  return { name };
}

/** @param {string} name */
function folded(name) {
  return name.normalize("NFKC").toLowerCase();
}
