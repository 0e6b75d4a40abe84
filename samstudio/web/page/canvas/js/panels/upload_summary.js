// What is said after images were sent: how many of how many came in, and why the others did not.

/** @import { Notice } from "../types.d.ts" */

/**
 * What became of one file. `id`: of its image; `text`: why there is none; `notes`: what was decided in reading it.
 * @typedef {{ file: File, kind: "added" | "known" | "refused" | "unsent", id: string | null, text: string, notes: readonly string[] }} Outcome
 */

/**
 * The notice about all of them; null where every image was added and nothing is to be said. `again` sends files once more.
 * @param {readonly Outcome[]} outcomes
 * @param {(files: readonly File[]) => void} again
 * @returns {Notice | null}
 */
export function summary(outcomes, again) {
  const of = (/** @type {Outcome["kind"]} */ kind) => outcomes.filter((one) => one.kind === kind);
  const out = outcomes.filter(({ id }) => id === null);
  const unsent = of("unsent");
  const action = unsent.length ? { label: "Send again", run: () => again(unsent.map(({ file }) => file)) } : undefined;
  if (out.length && outcomes.length === 1) return { kind: "error", text: out[0].text, action };
  if (out.length) {
    const text = counted(of("added").length, of("known").length, outcomes.length);
    return { kind: "error", text, items: [...out.map((one) => one.text), ...outcomes.flatMap(({ notes }) => notes)], action };
  }
  return noted(outcomes) ?? allKnown(of("known").length, outcomes.length);
}

/**
 * @param {readonly Outcome[]} outcomes
 * @returns {Notice | null}
 */
function noted(outcomes) {
  const items = outcomes.flatMap(({ notes }) => notes);
  return items.length ? { kind: "hint", text: "Please check how these files were read:", items } : null;
}

/**
 * @param {number} added
 * @param {number} known
 * @param {number} sent
 */
function counted(added, known, sent) {
  const already = known === 1 ? " 1 was here already." : ` ${known} were here already.`;
  const begin = added ? `${added} of ${sent} images were added.` : "No image was added.";
  if (known) return `${begin}${already} These were not:`;
  return added ? `${begin} These were not:` : "No image was added:";
}

/**
 * @param {number} known
 * @param {number} sent
 * @returns {Notice | null}
 */
function allKnown(known, sent) {
  if (known !== sent) return null;
  const text = sent === 1 ? "This image is already here; it was not added twice." : "These images are already here; none was added twice.";
  return { kind: "hint", text };
}
