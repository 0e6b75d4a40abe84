// The header: asks the server what is going on, shows it, and tells the rest of
// the page when something changed. The page's only clock. It also has what belongs to no tab: language, import, export.

import { find, findAll, partsOf } from "../canvas/panels/dom.js";
import { isTabShown, showTab } from "../canvas/panels/tabs.js";
import { mountRows } from "./header_rows.js";
import { mountAuthor } from "./author.js";
import { mountSwitch } from "./i18n/switch.js";
import { mountCategoriesDialog } from "./categories/main.js";
import { mountExport } from "./exporting/main.js";
import { mountNearDuplicates } from "./near_duplicates/main.js";
import { mountSplits } from "./splits/main.js";
import { mountImport } from "./importing/main.js";
import { drawProgress } from "./states/progress.js";

/** @import { Mounted, ServerStatus } from "../canvas/js/types.d.ts" */

const IDLE = 2000;
const BUSY = 1000;
const PATIENCE = 20_000; // a server that says nothing for so long is as good as gone

// Which tabs show what; a tab draws itself afresh when it is chosen, so hidden ones need no news.
const SHOWN_ON = { live: ["versions"], job: ["finetune", "versions"], scores: ["versions"], dataset: ["finetune"] };
/** @type {readonly (keyof typeof SHOWN_ON)[]} */
const TOPICS = ["live", "job", "scores", "dataset"];
/** @param {number} wait */
const after = (wait) => new Promise((resolve) => setTimeout(resolve, wait));
/** @param {string} tab */
const visible = (tab) => document.querySelector(`#tab-${tab}-button`)?.getAttribute("aria-selected") === "true";

/**
 * @param {unknown} reply
 * @returns {reply is ServerStatus}
 */
function isStatus(reply) {
  return typeof reply === "object" && reply !== null && !("error" in reply);
}

// A login ends after some days, or when the password changes.
async function loggedOut() {
  const reply = await fetch(import.meta.url, { method: "HEAD", cache: "no-store" }).catch(() => null);
  return reply?.status === 401;
}

/** @param {Mounted} page */
export function mount({ element, server, trigger }) {
  const part = partsOf(element);
  /** @type {ServerStatus["stamps"] | null} */
  let stamps = null;
  mountRows(find(element, ".ss-header"));
  mountSwitch(part("language"));
  mountAuthor(part("author", HTMLDetailsElement));
  mountImport();
  mountExport();
  mountSplits();
  mountCategoriesDialog();
  mountNearDuplicates();
  for (const pill of findAll(element, "[data-goto]")) pill.addEventListener("click", () => showTab(pill.dataset.goto ?? ""));

  /**
   * What holds in this place as a whole; drawn once, so that what is unfolded stays so.
   * @param {ServerStatus["notices"]} notices
   */
  const tell = (notices) => {
    if (!notices.length || !part("notices").hidden) return;
    part("notices").hidden = false;
    part("notices-title").textContent = notices.map(({ title }) => title).join(" · ");
    part("notices-text").replaceChildren(
      ...notices.map(({ text }) => Object.assign(document.createElement("p"), { textContent: text })),
    );
  };

  /** @param {ServerStatus} news */
  const show = ({ live, job, notices, preparing, states }) => {
    tell(notices);
    drawProgress(element, states);
    part("lost").hidden = true;
    part("live").hidden = false;
    part("live-name").textContent = live.name;
    part("live-since").textContent = live.since;
    part("live").title = live.title;
    part("job").hidden = !job;
    if (job) {
      part("job-text").textContent = job.text;
      part("job-bar", HTMLProgressElement).value = job.progress;
    }
    const loading = preparing.model === "loading";
    const failed = preparing.model === "failed";
    part("preparing-pill").hidden = !(loading || failed || preparing.pending.length);
    part("preparing-pill").classList.toggle("ss-off", failed);
    part("preparing-pill").title = preparing.error;
    part("preparing-text").textContent = failed
      ? "Model not available"
      : loading
        ? "Loading the model"
        : `Preparing ${Math.min(preparing.done + 1, preparing.total)} of ${preparing.total}`;
  };

  /** @param {HTMLElement} pill */
  const flash = (pill) => {
    pill.classList.add("ss-flash");
    setTimeout(() => pill.classList.remove("ss-flash"), 6000);
  };

  const poll = async () => {
    if (!element.isConnected) return;
    let wait = IDLE;
    if (!document.hidden) {
      try {
        const news = await Promise.race([server.status({}), after(PATIENCE)]);
        if (!isStatus(news)) throw new Error();
        show(news);
        if (news.job) wait = BUSY;
        window.dispatchEvent(new CustomEvent("studio:status", { detail: news }));
        if (stamps && news.stamps.live !== stamps.live) flash(part("live"));
        for (const topic of TOPICS) {
          const tabs = SHOWN_ON[topic];
          const changed = stamps && news.stamps[topic] !== stamps[topic];
          if (changed && tabs.some(visible)) trigger(`${topic}_changed`, {});
        }
        stamps = news.stamps;
      } catch {
        part("lost").hidden = false;
        part("live").hidden = true;
        window.dispatchEvent(new CustomEvent("studio:lost"));
        if (await loggedOut()) location.reload(); // to the login page; what was begun is kept in the browser
      }
    }
    setTimeout(poll, wait);
  };
  poll();
  setTimeout(openAddressed);
  window.addEventListener("popstate", () => element.isConnected && openAddressed());
}

// Gradio makes a tab's content when it is first shown: the gallery cannot find out by itself that it is asked for.
function openAddressed() {
  const tab = ["dataset", "annotate"].find((name) => location.hash.startsWith(`#${name}?`));
  if (tab && !isTabShown(tab)) showTab(tab);
}
