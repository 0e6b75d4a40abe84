// Lines over a picture, whatever its colours.

const DARK = "rgba(0, 0, 0, 0.45)";

/**
 * Stroke a line that is seen on any picture: dark and wide below, light and thin above.
 * @param {CanvasRenderingContext2D} context
 * @param {() => void} trace
 * @param {{ light?: string, dash?: number[] }} [style]
 */
export function strokeTwice(context, trace, { light = "#fff", dash = [] } = {}) {
  context.beginPath();
  trace();
  context.setLineDash([]);
  context.lineWidth = 3;
  context.strokeStyle = DARK;
  context.stroke();
  context.setLineDash(dash);
  context.lineWidth = 1.5;
  context.strokeStyle = light;
  context.stroke();
  context.setLineDash([]);
}
