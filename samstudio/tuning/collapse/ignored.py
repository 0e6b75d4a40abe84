"""Answers that do not fit their prompt."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from samstudio.masks import Mask, iou
from samstudio.sam.geometry import scale_coords
from samstudio.tuning.collapse.probes import CELL, CLICK, ELSEWHERE, Probe, meet

MARGIN = 0.25
"""An answer may leave its box by this fraction of the box's sides."""

SAME = 0.5
"""Two answers whose IoU is larger are the same."""

WHOLE = 0.95
"""An answer that covers more of its image is the whole image."""


def ignored(probes: Sequence[Probe], answers: Sequence[Mask]) -> NDArray[np.bool_]:
    """Tell which answers do not fit their prompt, bool N.

    A box was ignored where most of the answer lies outside of it, where the answer is that to another box
    which it does not meet, and, on an object, where there is no answer. A click was ignored where the
    answer does not reach it, or is the whole image.
    """
    found = np.array(
        [
            _misses_click(probe, answer) if probe.kind == CLICK else _misses_box(probe, answer)
            for probe, answer in zip(probes, answers, strict=True)
        ],
        np.bool_,
    )
    boxed = [row for row, probe in enumerate(probes) if probe.kind != CLICK]
    for one, other in combinations(boxed, 2):
        if probes[one].sample.image_id != probes[other].sample.image_id:
            continue
        if not meet(probes[one].cells, probes[other].cells) and _same(answers[one], answers[other]):
            found[[one, other]] = True
    return found


def _same(one: Mask, other: Mask) -> bool:
    return bool(one.any()) and iou(one, other) > SAME


def _misses_box(probe: Probe, answer: Mask) -> bool:
    if not answer.any():
        return probe.kind != ELSEWHERE
    x0, y0, x1, y1 = probe.cells
    across, down = MARGIN * (x1 - x0) + 1, MARGIN * (y1 - y0) + 1
    rows = slice(max(0, round(y0 - down)), round(y1 + down) + 1)
    columns = slice(max(0, round(x0 - across)), round(x1 + across) + 1)
    return bool(np.count_nonzero(answer[rows, columns]) < np.count_nonzero(answer) / 2)


def _misses_click(probe: Probe, answer: Mask) -> bool:
    if answer.mean() > WHOLE:
        return True
    column, row = (scale_coords(probe.prompt.point_coords, probe.sample.size)[0] / CELL).astype(int)
    near = answer[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
    return not near.any()
