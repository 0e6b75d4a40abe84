"""A mask's outline: its points stand for the exact contours, and an edit changes what its edges sweep."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from tests.e2e.lab import Lab, Pixels, got, random_masks, sent

OUTLINE = """
const outlines = await load("model/masks/outline");
const contours = await load("model/masks/contours");
const plain = ({ loops }) => loops.map(({ points, vertices }) => ({ points, vertices }));
"""

EDITS = (
    OUTLINE
    + """
let state = 7;
const random = () => ((state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) / 0x7fffffff);
return input.map(({ mask, image }) => {
  let outline = outlines.outlineOf(taken(mask), 5 * random());
  const steps = [];
  for (let i = 0; i < 6 && outline.mask && outline.loops.length; i += 1) {
    const loop = Math.floor(random() * outline.loops.length);
    const place = { loop, vertex: Math.floor(random() * outline.loops[loop].vertices.length) };
    const to = [random() * image.width, random() * image.height];
    if (i % 3 === 2) outline = outlines.addedPoint(outline, place, to).outline;
    const { movedPoint, removedPoint } = outlines;
    const edit = i % 2 ? removedPoint(outline, place, image) : movedPoint(outline, place, to, image);
    const before = outline.mask;
    outline = outlines.applied(edit);
    const { swept } = edit;
    steps.push({ before: given(before), after: given(outline.mask), swept, loops: plain(outline) });
  }
  return steps;
});
"""
)


def _winding(loops: list[dict[str, Any]], shape: tuple[int, ...]) -> Pixels:
    """How often the loops go round each pixel's centre, clockwise on the screen; each asked by itself."""
    ys, xs = np.mgrid[: shape[0], : shape[1]] + 0.5
    turns = np.zeros(shape, int)
    for loop in loops:
        points = loop["points"]
        for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1], strict=True):
            if ay == by:
                continue
            crossed = ((ay > ys) != (by > ys)) & (xs >= ax + (ys - ay) * (bx - ax) / (by - ay))
            turns += np.where(crossed, 1 if ay > by else -1, 0)
    return turns


def _cases(seed: int, count: int) -> list[Pixels]:
    """Masks with parts and holes, each with some of its image round it."""
    return [np.pad(mask, 3) for mask in random_masks(seed, count) if mask.any()]


def test_the_contours_enclose_exactly_the_mask_with_its_parts_and_holes(lab: Lab) -> None:
    cases = _cases(31, 40)
    answers = lab.run(
        OUTLINE + "return input.map((mask) => contours.contoursOf(taken(mask)));", [*map(sent, cases)]
    )
    for mask, loops in zip(cases, answers, strict=True):
        assert np.array_equal(_winding([{"points": points} for points in loops], mask.shape), mask)
        parts, _ = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
        holes, _ = cv2.connectedComponents(1 - mask.astype(np.uint8), connectivity=4)
        assert len(loops) == (parts - 1) + (holes - 2), "background and outside are none"


def test_a_simpler_outline_misses_no_point_of_the_contour_by_more_than_its_tolerance(lab: Lab) -> None:
    cases = _cases(32, 16)
    script = (
        OUTLINE
        + "return input.map(([mask, tolerance]) => plain(outlines.outlineOf(taken(mask), tolerance)));"
    )
    counts = []
    for tolerance in (0.0, 0.7, 2.0, 9.0):
        answers = lab.run(script, [[sent(mask), tolerance] for mask in cases])
        counts.append(sum(len(loop["vertices"]) for loops in answers for loop in loops))
        for loop in (loop for loops in answers for loop in loops):
            assert len(loop["vertices"]) >= 3
            points, at = np.array(loop["points"], float), loop["vertices"]
            for start, end in zip(at, [*at[1:], at[0] + len(points)], strict=True):
                piece = points[np.arange(start, end + 1) % len(points)]
                assert _distances(piece, piece[0], piece[-1]).max() <= tolerance + 1e-9
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] < counts[0] / 2


def _distances(points: Pixels, a: Pixels, b: Pixels) -> Pixels:
    along = np.clip(((points - a) @ (b - a)) / max(float((b - a) @ (b - a)), 1e-12), 0, 1)
    found: Pixels = np.linalg.norm(points - a - along[:, None] * (b - a), axis=1)
    return found


def test_an_edit_leaves_what_its_edges_do_not_sweep_to_the_pixel(lab: Lab) -> None:
    cases = _cases(33, 32)
    given = [
        {"mask": sent(mask), "image": {"width": mask.shape[1], "height": mask.shape[0]}} for mask in cases
    ]
    edits = 0
    for mask, steps in zip(cases, lab.run(EDITS, given), strict=True):
        for step in steps:
            before, after = got(step["before"], mask.shape), got(step["after"], mask.shape)
            outside = np.ones(mask.shape, bool)
            swept = step["swept"]
            if swept:
                outside[swept["y"] : swept["y"] + swept["h"], swept["x"] : swept["x"] + swept["w"]] = False
            assert np.array_equal(before[outside], after[outside])
            # And everywhere the mask is what its outline encloses, so that the next edit begins from it.
            assert np.array_equal(after, _winding(step["loops"], mask.shape) > 0)
            edits += 1
    assert edits > 80
