"""Findings of preflight, in plain words, and the plain values that its checks read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from samstudio.domain import Box, Size, Use
from samstudio.masks import MaskProblem
from samstudio.text import plural

SHOWN = 3
"""How many images or objects a sentence names before it says how many more there are."""

IDS = 100
"""How many annotation ids a finding carries at most; ``count`` says how many there are."""


BROKEN = {
    MaskProblem.EMPTY: "the mask is empty",
    MaskProblem.SIZE: "the mask has not the size of its image",
    MaskProblem.DAMAGED: "the mask is damaged",
}
"""Why a mask cannot be used, by the code of the finding."""


class Severity(StrEnum):
    """The weight of a finding: tuning cannot work, its result may disappoint, or it is good to know."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Finding:
    """One thing that preflight noticed.

    ``code`` is its stable name; ``text`` says what there is and where,
    ``advice`` what to do. ``count``: how many objects it is about (0: the
    dataset as a whole), of which ``annotation_ids`` holds the first.
    ``image_id``: where to begin to look, if anywhere.
    """

    severity: Severity
    code: str
    text: str
    advice: str
    count: int = 0
    annotation_ids: tuple[int, ...] = ()
    image_id: str | None = None


class Seen(NamedTuple):
    """One accepted object as its columns describe it.

    ``box``: XYXY, outermost pixels. ``size``: the image's (H, W). ``category``:
    its id. ``area``: in pixels. ``sure``: stock proposed this very mask and predicted an IoU of at
    least 0.95. ``broken``: why its mask cannot be used, one of `BROKEN`; mostly "".
    ``use``: what tuning may use it for.
    """

    id: int
    image_id: str
    image: str
    group: str
    size: Size
    box: Box
    area: int
    category: int
    sure: bool = False
    broken: str = ""
    use: Use = Use.LEARN


def named(names: Iterable[str]) -> str:
    """Join the first three names and how many more there are: ``a.png, b.png, c.png and 4 more``."""
    every = list(names)
    if len(every) > SHOWN:
        return f"{', '.join(every[:SHOWN])} and {len(every) - SHOWN:,} more"
    return " and ".join(part for part in (", ".join(every[:-1]), *every[-1:]) if part)


def about(severity: Severity, code: str, seen: Sequence[Seen], what: str, advice: str) -> list[Finding]:
    """Return a finding that names objects and what they are; none for no objects.

    Args:
        severity: The severity.
        code: The finding's stable name.
        seen: The objects; the first `SHOWN` are named.
        what: What they are, to follow "is" or "are" in the sentence.
        advice: What to do, in a sentence.
    """
    if not seen:
        return []
    verb = "is" if len(seen) == 1 else "are"
    where = named(f"object {one.id} on {one.image}" for one in seen)
    text = f"{plural(len(seen), 'object')} {verb} {what}: {where}."
    ids = tuple(one.id for one in seen[:IDS])
    return [Finding(severity, code, text, advice, len(seen), ids, seen[0].image_id)]
