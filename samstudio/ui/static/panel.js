// Buttons inside server-rendered HTML: `data-act` asks Python to act (with
// `data-confirm` only after a yes), `data-open` opens an image on the canvas,
// `data-tab` shows another tab.

export function mount({ element, trigger }) {
  element.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-act], [data-open], [data-tab]");
    if (!button || button.disabled) return;
    const { act, open, tab, confirm, ...rest } = button.dataset;
    if (open) openImage(open);
    else if (tab) showTab(tab);
    else if (!confirm || (await agreed(confirm, button.textContent.trim() || button.getAttribute("aria-label")))) {
      trigger("act", { act, ...rest });
    }
  });
}

export function showTab(name) {
  document.querySelector(`#tab-${name}-button`)?.click();
}

function openImage(id) {
  showTab("annotate");
  window.dispatchEvent(new CustomEvent("studio:open", { detail: { id } }));
}

/** Ask in a dialog of our own; resolves to whether the person said yes. */
function agreed(question, yes) {
  return new Promise((resolve) => {
    const dialog = document.createElement("dialog");
    dialog.className = "ss-dialog";
    const text = document.createElement("p");
    text.textContent = question;
    const row = document.createElement("div");
    row.className = "ss-row";
    for (const [label, value, style] of [["Cancel", "no", ""], [yes, "yes", " ss-primary"]]) {
      const button = document.createElement("button");
      button.className = `ss-button${style}`;
      button.textContent = label;
      button.addEventListener("click", () => dialog.close(value));
      row.append(button);
    }
    dialog.append(text, row);
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    // Inside .contain, where Gradio scopes the page's style sheets to.
    (document.querySelector(".gradio-container .contain") ?? document.body).append(dialog);
    dialog.showModal();
  });
}
