// The display panel: how the picture and the masks are shown. Nothing here changes a mask.

const SLIDERS = ["opacity", "brightness", "contrast", "gamma"];

export function mountDisplay({ root, store, session }) {
  const panel = root.querySelector("[data-display]");
  const field = (name) => panel.querySelector(`[data-set=${name}]`);

  for (const name of SLIDERS) {
    field(name).addEventListener("input", () => session.preferences.show({ [name]: Number(field(name).value) }));
  }
  for (const name of ["contours", "previews"]) {
    field(name).addEventListener("change", () => session.preferences.show({ [name]: field(name).checked }));
  }
  panel.querySelector("[data-reset]").addEventListener("click", () => session.preferences.reset());

  store.on(["display"], ({ display }) => {
    for (const name of SLIDERS) {
      field(name).value = display[name];
      panel.querySelector(`[data-value=${name}]`).textContent = `${Math.round(display[name] * 100)}%`;
    }
    field("contours").checked = display.contours;
    field("previews").checked = display.previews;
  });

  const button = root.querySelector("[data-command=display]");
  const toggle = (open = panel.hidden) => {
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) field("brightness").focus();
  };
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    toggle(false);
    button.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!panel.hidden && !panel.contains(event.target) && !button.contains(event.target)) toggle(false);
  });
  return { toggle };
}
