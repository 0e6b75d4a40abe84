"""Preflight's checks of two objects of one image: duplicates, shifted copies, strong overlaps.

`candidates` tells from boxes and areas which pairs could be any of these, so
that only their masks are read; `relation` tells from the masks what they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from samstudio.services.mask_runs import Runs
from samstudio.services.preflight_findings import IDS, Finding, Seen, Severity, named, plural

ALIKE_IOU = 0.95
STRONG_OVERLAP = 0.5
"""Share of the smaller object that another of its category covers."""

BLOCK = 256

Pair = tuple[Seen, Seen]

KINDS = {
    "duplicate": ("the same mask", Severity.WARNS, "Delete one of each; the second one is left out."),
    "shifted": ("the same mask, moved by one pixel", Severity.WARNS, "Delete one of each pair."),
    "near_duplicate": ("nearly the same mask", Severity.WARNS, "Delete one of each pair."),
    "overlapping": (
        "strongly overlapping masks of one category",
        Severity.TELLS,
        "That is fine where one lies on the other; else delete one of each pair.",
    ),
}


def relation(pair: Pair, first: Runs, second: Runs) -> str:
    """What two masks are to each other: one of `KINDS`, or nothing."""
    if first.same(second):
        return "duplicate"
    one, other = pair
    if _one_pixel_apart(np.array([one.box]), np.array([other.box]))[0] and first.moved(second):
        return "shifted"
    shared, areas = first.overlap(second), (first.area, second.area)
    if shared > ALIKE_IOU * (sum(areas) - shared):
        return "near_duplicate"
    strong = one.category == other.category and shared > STRONG_OVERLAP * min(areas)
    return "overlapping" if strong else ""


def candidates(seen: Sequence[Seen]) -> Iterator[Pair]:
    """The pairs of one image's objects whose boxes and areas leave room for a relation."""
    if len(seen) < 2:
        return
    ordered = sorted(seen, key=lambda one: one.box[0])
    boxes = np.array([one.box for one in ordered], float)
    areas = np.array([one.area for one in ordered], float)
    kinds = np.array([one.category for one in ordered])
    for start in range(0, len(ordered), BLOCK):
        rows = slice(start, start + BLOCK)
        # Nothing that begins to the right of all of these (and a pixel more) can touch them.
        stop = int(np.searchsorted(boxes[:, 0], boxes[rows, 2].max() + 1, side="right"))
        columns = slice(start, stop)
        likely = _related(boxes[rows, None], boxes[None, columns], areas[rows, None], areas[None, columns])
        strong = _strong(boxes[rows, None], boxes[None, columns], areas[rows, None], areas[None, columns])
        likely |= strong & (kinds[rows, None] == kinds[None, columns])
        for i, j in np.argwhere(np.triu(likely, k=1)).tolist():
            one, other = sorted((ordered[start + i], ordered[start + j]), key=lambda each: each.id)
            yield one, other


def _shared_box(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pixels in the intersection of boxes."""
    low, high = np.maximum(one[..., :2], other[..., :2]), np.minimum(one[..., 2:], other[..., 2:])
    sides: NDArray[np.float64] = np.clip(high - low + 1, 0, None)
    return sides[..., 0] * sides[..., 1]


def _related(
    one: NDArray[np.float64], other: NDArray[np.float64], a: NDArray[np.float64], b: NDArray[np.float64]
) -> NDArray[np.bool_]:
    # IoU > t needs a shared part of more than t (a + b) / (1 + t), and it cannot exceed the smaller one.
    least = ALIKE_IOU * (a + b) / (1 + ALIKE_IOU)
    alike: NDArray[np.bool_] = (_shared_box(one, other) >= least) & (np.minimum(a, b) >= least)
    alike |= _one_pixel_apart(one, other) & (a == b)
    return alike


def _strong(
    one: NDArray[np.float64], other: NDArray[np.float64], a: NDArray[np.float64], b: NDArray[np.float64]
) -> NDArray[np.bool_]:
    return _shared_box(one, other) > STRONG_OVERLAP * np.minimum(a, b)


def _one_pixel_apart(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether boxes have one size and lie at most a pixel apart."""
    shift = other - one
    near: NDArray[np.bool_] = ((shift[..., :2] == shift[..., 2:]) & (np.abs(shift[..., :2]) <= 1)).all(
        axis=-1
    )
    return near


def check_pairs(related: Iterable[tuple[str, Pair]], *, cut: bool = False) -> list[Finding]:
    """Findings about pairs, by relation; ``cut``: there were more than could be compared."""
    by_kind: dict[str, list[Pair]] = {kind: [] for kind in KINDS}
    for kind, pair in related:
        by_kind[kind].append(pair)
    found = [_finding(kind, pairs) for kind, pairs in by_kind.items() if pairs]
    if cut:
        text = "So many objects overlap that not all of them were compared."
        found.append(Finding(Severity.TELLS, "not_compared", text, "Look at crowded images yourself."))
    return found


def _finding(kind: str, pairs: Sequence[Pair]) -> Finding:
    what, severity, advice = KINDS[kind]
    where = named(f"objects {one.id} and {other.id} on {one.image}" for one, other in pairs)
    ids = tuple(dict.fromkeys(each.id for pair in pairs for each in pair))
    verb = "has" if len(pairs) == 1 else "have"
    return Finding(
        severity, kind, f"{plural(len(pairs), 'pair')} {verb} {what}: {where}.", advice, len(ids), ids[:IDS]
    )
