// Brightness, contrast and gamma of the picture, as a filter on its canvas's
// element: the pixels stay as they are, and no filter at all is left at the defaults.

/** @import { Display } from "../types.d.ts" */

const SVG = "http://www.w3.org/2000/svg";

export class PictureFilter {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.shown = "1 1 1";
    /** @type {Element | null} */
    this.svg = null;
  }

  /** @param {Partial<Display>} [display] */
  apply({ brightness = 1, contrast = 1, gamma = 1 } = {}) {
    const wanted = `${brightness} ${contrast} ${gamma}`;
    if (wanted === this.shown) return;
    this.shown = wanted;
    this.setGamma(gamma);
    const parts = [
      gamma === 1 ? "" : "url(#ss-gamma)",
      brightness === 1 ? "" : `brightness(${brightness})`,
      contrast === 1 ? "" : `contrast(${contrast})`,
    ];
    this.canvas.style.filter = parts.filter(Boolean).join(" ");
  }

  /**
   * CSS has no gamma; SVG has. More than 1 lightens the shadows.
   * @param {number} gamma
   */
  setGamma(gamma) {
    this.svg?.remove();
    this.svg = null;
    if (gamma === 1) return;
    const filter = make("filter", { id: "ss-gamma", "color-interpolation-filters": "sRGB" });
    const transfer = make("feComponentTransfer", {});
    for (const channel of ["R", "G", "B"]) {
      transfer.append(make(`feFunc${channel}`, { type: "gamma", exponent: String(1 / gamma) }));
    }
    filter.append(transfer);
    this.svg = make("svg", { width: "0", height: "0", "aria-hidden": "true", style: "position: absolute" });
    this.svg.append(filter);
    this.canvas.after(this.svg);
  }
}

/**
 * @param {string} name
 * @param {Record<string, string>} attributes
 */
function make(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
