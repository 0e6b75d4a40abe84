"""Masks with more corners than a frame has time for: drawn by their rim, and exactly when seen closely."""

from __future__ import annotations

import base64

import numpy as np

from tests.e2e.lab import Lab, sent

PAINTED = """
const { making, paintMask } = await load("render/mask_paint");
const { outline } = await load("render/paint_cache");
const { traceContours } = await load("model/masks/contours");
const color = "#ff0000";
const draw = (paint, { sx, ox, oy }, size = 160) => {
  const context = new OffscreenCanvas(size, size).getContext("2d", { willReadFrequently: true });
  paint(context, { sx, sy: sx, ox, oy, width: size, height: size, pixel: 1 });
  return context.getImageData(0, 0, size, size).data;
};
const item = (mask) => ({ mask, color, fill: 0, halo: false, dash: false, faint: false });
const painted = (mask, frame) => draw((context, how) => paintMask(context, how, item(mask)), frame);
const whole = (mask, frame) =>
  draw((context, { sx, ox, oy }) => {
    context.setTransform(sx, 0, 0, sx, ox, oy);
    context.lineJoin = "miter";
    context.strokeStyle = color;
    context.lineWidth = 1.5 / sx;
    context.stroke(traceContours(mask, new Path2D()));
  }, frame);
const differ = (a, b) => a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
const [smooth, ragged] = input.map(taken);
const at = { sx: 1, ox: 0, oy: 0 };
const near = { sx: 8, ox: -8 * 50, oy: -8 * 60 };
const rim = painted(ragged, at);
const steps = [...making(taken(input[1]), color, { ...at, sy: 1, width: 9, height: 9, pixel: 1 })].length;
return {
  lines: [outline(smooth) !== null, outline(ragged) !== null],
  smooth: differ(painted(smooth, at), whole(smooth, at)),
  near: differ(painted(ragged, near), whole(ragged, near)),
  rim: text(rim.filter((_, i) => i % 4 === 3)),
  steps,
};
"""


def test_a_ragged_mask_is_drawn_by_its_rim_and_exactly_when_one_looks_closely(lab: Lab) -> None:
    rng = np.random.default_rng(11)
    smooth = rng.random((90, 90)) < 0.5
    ragged = rng.random((160, 160)) < 0.5
    found = lab.run(PAINTED, [sent(smooth), sent(ragged)])
    assert found["lines"] == [True, False]
    assert found["smooth"] == 0, "a line put together from parts is the same line"
    assert found["near"] == 0, "close up, the line is there"
    assert found["steps"] >= 3
    rim = np.frombuffer(base64.b64decode(found["rim"]), np.uint8).reshape(160, 160) > 0
    ring = np.pad(ragged, 1)
    inside = ring[:-2, 1:-1] & ring[2:, 1:-1] & ring[1:-1, :-2] & ring[1:-1, 2:]
    assert np.array_equal(rim, ragged & ~inside)
