"""Preflight's checks of two objects of one image: duplicates, shifted copies, strong overlaps.

`candidates` selects by boxes and areas the pairs that could be any of these, so
that only their masks are read; `relation` decides by the masks what they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from samstudio.masks import RunLengths
from samstudio.services.preflight.findings import IDS, Finding, Seen, Severity, named
from samstudio.services.preflight.object_checks import is_whole
from samstudio.text import plural

ALIKE_IOU = 0.95
STRONG_OVERLAP = 0.5
"""Share of the smaller object that another of its category covers."""

BLOCK = 64

Pair: TypeAlias = tuple[Seen, Seen]
_Numbers: TypeAlias = NDArray[np.float64]
_Truths: TypeAlias = NDArray[np.bool_]

KINDS = {
    "duplicate": ("the same mask", Severity.WARNING, "Delete one of each; the second one is left out."),
    "shifted": ("the same mask, moved by one pixel", Severity.WARNING, "Delete one of each pair."),
    "near_duplicate": ("nearly the same mask", Severity.WARNING, "Delete one of each pair."),
    "overlapping": (
        "strongly overlapping masks of one category",
        Severity.INFO,
        "That is fine where one lies on the other; else delete one of each pair.",
    ),
}


def relation(pair: Pair, first: RunLengths, second: RunLengths) -> str:
    """Tell how two masks are related: one of `KINDS`, or an empty string."""
    if first == second:
        return "duplicate"
    one, other = pair
    if _one_pixel_apart(np.array(one.box), np.array(other.box)) and first.is_moved(second):
        return "shifted"
    shared, areas = first.overlap(second), (first.area, second.area)
    if shared > ALIKE_IOU * (sum(areas) - shared):
        return "near_duplicate"
    strong = one.category == other.category and shared > STRONG_OVERLAP * min(areas)
    # What covers the whole image is reported already, and lies under everything.
    return "overlapping" if strong and not is_whole(one) and not is_whole(other) else ""


def candidates(seen: Sequence[Seen], limit: int) -> tuple[list[Pair], bool]:
    """List the pairs on one image whose boxes and areas allow a relation; return also whether some were cut.

    At most ``limit`` that may be (nearly) the same, and as many that may overlap.
    """
    alike: list[Pair] = []
    strong: list[Pair] = []
    offset = _offsets(seen)
    boxes = np.array([one.box for one in seen], float).reshape(-1, 4).T
    boxes[0::2] += offset
    order = np.argsort(boxes[0], kind="stable")
    boxes, offset = boxes[:, order], offset[order]
    areas = np.array([one.area for one in seen], float)[order]
    kinds = np.array([one.category for one in seen], float)[order]
    for start in range(0, len(seen), BLOCK):
        if len(alike) == len(strong) == limit:
            break
        rows = slice(start, start + BLOCK)
        # Nothing that begins to the right of all of these (and a pixel more) can touch them.
        columns = slice(start, int(np.searchsorted(boxes[0], boxes[2, rows].max() + 1, side="right")))
        same, over = _possible(boxes[:, rows, None], boxes[:, None, columns], *_across(areas, rows, columns))
        same &= np.equal(*_across(offset, rows, columns))
        over &= np.equal(*_across(offset, rows, columns)) & np.equal(*_across(kinds, rows, columns))
        for found, pairs in ((same, alike), (over, strong)):
            for i, j in np.argwhere(np.triu(found, k=1))[: limit - len(pairs)].tolist():
                first, second = sorted((order[start + i], order[start + j]))
                pairs.append((seen[first], seen[second]))
    return alike + strong, limit in (len(alike), len(strong))


def _offsets(seen: Sequence[Seen]) -> _Numbers:
    """Return where each object's image begins, float64 N, when all images lie in one row, two pixels apart.

    So a single sweep along the row finds the pairs of all images.
    """
    places: dict[str, int] = {}
    right = 0
    for one in seen:
        if one.image_id not in places:
            places[one.image_id] = right
            right += one.size[1] + 2
    return np.array([places[one.image_id] for one in seen], float)


def _across(values: _Numbers, rows: slice, columns: slice) -> tuple[_Numbers, _Numbers]:
    return values[rows, None], values[None, columns]


def _possible(one: _Numbers, other: _Numbers, a: _Numbers, b: _Numbers) -> tuple[_Truths, _Truths]:
    """Tell which boxes may be alike, and which others overlap strongly.

    ``one``, ``other``: x0, y0, x1, y1 along the first axis. ``a``, ``b``: the areas of their masks.
    """
    shared = _shared(one, other)
    smaller = np.minimum(a, b)
    # IoU > t needs a shared part of more than t (a + b) / (1 + t), and it cannot exceed the smaller one.
    same: _Truths = np.minimum(shared, smaller) >= ALIKE_IOU * (a + b) / (1 + ALIKE_IOU)
    same |= _one_pixel_apart(one, other) & (a == b)
    over: _Truths = (shared > STRONG_OVERLAP * smaller) & ~same
    return same, over


def _shared(one: _Numbers, other: _Numbers) -> _Numbers:
    """Count the pixels in the intersection of boxes."""
    width = np.minimum(one[2], other[2]) - np.maximum(one[0], other[0]) + 1
    height = np.minimum(one[3], other[3]) - np.maximum(one[1], other[1]) + 1
    pixels: _Numbers = np.maximum(width, 0) * np.maximum(height, 0)
    return pixels


def _one_pixel_apart(one: _Numbers, other: _Numbers) -> _Truths:
    """Tell whether boxes have one size and lie at most a pixel apart."""
    x, y = other[0] - one[0], other[1] - one[1]
    near: _Truths = np.maximum(np.abs(x), np.abs(y)) <= 1
    near &= (other[2] - one[2] == x) & (other[3] - one[3] == y)
    return near


def check_pairs(related: Iterable[tuple[str, Pair]], *, cut: bool = False) -> list[Finding]:
    """Report pairs by relation; ``cut``: there were more than could be compared."""
    by_kind: dict[str, list[Pair]] = {kind: [] for kind in KINDS}
    for kind, pair in related:
        by_kind[kind].append(pair)
    found = [_finding(kind, pairs) for kind, pairs in by_kind.items() if pairs]
    if cut:
        text = "So many objects overlap that not all of them were compared."
        found.append(Finding(Severity.INFO, "not_compared", text, "Look at crowded images yourself."))
    return found


def _finding(kind: str, pairs: Sequence[Pair]) -> Finding:
    what, severity, advice = KINDS[kind]
    where = named(f"objects {one.id} and {other.id} on {one.image}" for one, other in pairs)
    ids = tuple(dict.fromkeys(each.id for pair in pairs for each in pair))
    verb = "has" if len(pairs) == 1 else "have"
    text = f"{plural(len(pairs), 'pair')} {verb} {what}: {where}."
    return Finding(severity, kind, text, advice, len(ids), ids[:IDS], pairs[0][0].image_id)
