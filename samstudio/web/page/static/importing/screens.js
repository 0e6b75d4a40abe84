// What the import's dialog shows at each step, with the buttons for it. Draws, and decides nothing.

import { h } from "../../canvas/panels/dom.js";
import { filesOfChoice } from "./files.js";
import { button, primary, problem } from "./frame.js";
import { number } from "./numbers.js";
import { options } from "./options.js";
import { countsTable, doubts, formats, outcomes, progress, sending } from "./views.js";

/** @import { Arrival, FormatChoice, ImportChoice, ImportInfo, ImportPlan } from "../../canvas/js/types.d.ts" */
/** @import { Nodes } from "./frame.js" */
/** @import { Upload } from "./upload.js" */

/** @typedef {{ body: Nodes, foot: Nodes }} Screen */

/**
 * What a person can ask for.
 * @typedef {{
 *   close(): void,
 *   bring(arrivals: readonly Arrival[], unread: readonly string[]): unknown,
 *   send(unread: readonly string[]): unknown,
 *   plan(choice?: Partial<ImportChoice>): unknown,
 *   apply(): unknown,
 *   cancelWork(): unknown,
 *   restart(): unknown,
 *   openFirst(id: string): unknown,
 * }} Actions
 */

/**
 * A place for files.
 * @param {Actions} act
 * @param {string} why what went wrong before
 * @returns {Screen}
 */
export function choosing(act, why) {
  const choose = (/** @type {boolean} */ folder) => {
    const input = h("input", { type: "file", multiple: true, webkitdirectory: folder });
    input.addEventListener("change", () => act.bring(filesOfChoice(input.files), []));
    input.click();
  };
  const place = h(
    "div.ss-import-drop",
    {},
    h("p", {}, "Drop files, a folder, a ZIP or a tar here, or choose them."),
    h("div.ss-row", {}, primary("Choose files", () => choose(false)), button("Choose a folder", () => choose(true))),
    h("p.ss-quiet", {}, "Images alone, images with their annotations, or annotations for images that are here already. You see what would come in before anything does."),
  );
  return { body: [why ? problem(why) : null, place], foot: [button("Close", () => act.close())] };
}

/**
 * Files on their way, or what became of them.
 * @param {Actions} act
 * @param {Upload} upload
 * @param {readonly string[]} unread sentences on what could not be read
 * @param {boolean} busy
 * @returns {Screen}
 */
export function uploading(act, upload, unread, busy) {
  const out = upload.of("refused", "unsent");
  const some = upload.of("arrived").length > 0;
  const unreadable = unread.length ? h("ul.ss-outcomes", {}, unread.map((text) => h("li", {}, h("p", {}, text)))) : null;
  const ended = [
    some ? button(out.length === 1 ? "Go on without it" : "Go on without these", () => act.plan()) : null,
    out.length ? primary("Send again", () => act.send([])) : null,
  ];
  return { body: [...sending(upload), unreadable], foot: [button("Cancel", () => act.close()), ...(busy ? [] : ended)] };
}

/**
 * How far the server is with planning or importing.
 * @param {Actions} act
 * @param {ImportInfo} session
 * @param {string} lost that it does not answer
 * @returns {Screen}
 */
export function working(act, { state, progress: now }, lost) {
  const total = now?.total ?? 0;
  const doing = state === "planning" ? "Looking through the files" : "Importing";
  const far = now && total ? `${doing}: ${number(now.done)} of ${number(total)} images` : doing;
  const name = now?.name ? h("p.ss-quiet.ss-import-name", { translate: "no" }, now.name) : null;
  const line = lost ? h("p.ss-warned", {}, lost) : name;
  return { body: [progress(far, now && total ? now.done / total : null), line], foot: [button("Cancel", () => act.cancelWork())] };
}

/**
 * An import that was begun, of which so many files have arrived.
 * @param {Actions} act
 * @param {number} count
 * @returns {Screen}
 */
export function begun(act, count) {
  const files = count === 1 ? "1 file of an import that was begun has arrived." : `${number(count)} files of an import that was begun have arrived.`;
  return {
    body: [h("p", {}, files), h("p.ss-quiet", {}, "Go on with them, or start over.")],
    foot: [button("Start over", () => act.restart()), primary("Go on", () => act.plan())],
  };
}

/**
 * What would come in, with the choices of it.
 * @param {Actions} act
 * @param {ImportInfo} session
 * @param {ImportPlan} plan
 * @param {ImportChoice} choice
 * @param {string} why a choice could not be taken
 * @returns {Screen}
 */
export function planned(act, session, plan, choice, why) {
  const cancel = button("Cancel", () => act.close());
  const several = plan.choices.length > 1 ? severalFormats(act, plan) : [];
  if (!plan.counts) return { body: several, foot: [cancel] };
  const [format] = plan.choices;
  const found = plan.choices.length === 1 ? h("p.ss-found", {}, h("strong", {}, format.label), " ", h("span.ss-quiet", {}, format.why)) : null;
  const fresh = plan.counts.images.new + plan.counts.objects.new;
  const body = [why ? problem(why) : null, found, ...several, ...countsTable(plan.counts, false), options(choice, plan, (other) => act.plan(other)), ...doubts(session, plan), ...outcomes(plan.groups)];
  return { body, foot: [fresh ? null : h("p.ss-quiet", {}, "Nothing of this is new."), cancel, primary("Import", () => act.apply(), { disabled: !fresh })] };
}

/**
 * @param {Actions} act
 * @param {ImportPlan} plan
 */
function severalFormats(act, { choices, format }) {
  const chosen = (/** @type {string} */ name) => act.plan({ format: name });
  const title = format ? "Format" : "These files may be in several formats. Which is it?";
  return [h("h3", {}, title), formats(choices, format, chosen), h("p.ss-quiet", {}, "If it is more than one, take one after the other: what is there already does not come in twice.")];
}

/**
 * What became of everything.
 * @param {Actions} act
 * @param {ImportInfo} session
 * @param {ReadonlySet<string>} taken the formats in which the files have come in
 * @returns {Screen}
 */
export function reported(act, { state, plan, report, problem: why }, taken) {
  const first = report?.first_image;
  const say = { done: ["good", "The import is done."], cancelled: ["warn", "The import was cancelled. What had come in stays."], failed: ["bad", why] }[
    /** @type {"done" | "cancelled" | "failed"} */ (state)
  ];
  const done = state === "done";
  const others = done && plan ? plan.choices.filter(({ name }) => !taken.has(name)) : [];
  return {
    body: [
      h(`div.ss-say.ss-${say[0]}`, { role: state === "failed" ? "alert" : "status" }, say[1]),
      ...(report ? countsTable(report.counts, true) : []),
      ...(others.length ? otherFormats(act, others) : []),
      ...(report ? outcomes(report.groups) : []),
    ],
    foot: [
      done ? null : button("Import the rest", () => act.apply()),
      button("Close", () => act.close()),
      first ? primary("Open the first image", () => act.openFirst(first)) : null,
    ],
  };
}

/**
 * The formats that the same files may also be in, to take what is in them.
 * @param {Actions} act
 * @param {readonly FormatChoice[]} others
 */
function otherFormats(act, others) {
  return [h("h3", {}, "These files may be in another format, too. Look what it would bring in:"), formats(others, null, (format) => act.plan({ format }))];
}
