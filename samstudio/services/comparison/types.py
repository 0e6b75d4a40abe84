"""Types of a comparison: a decoder version, whole or part of the way back to stock, and its answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from samstudio.domain import STOCK_VERSION, Annotation, InvalidInput, Rle


class Share(NamedTuple):
    """How a strength between stock and a version is written: in short, and at the start of a sentence."""

    sign: str
    words: str


SHARES = {0.25: Share("¼", "A quarter"), 0.5: Share("½", "Half"), 0.75: Share("¾", "Three quarters")}
"""The strengths at which a version can be blended with stock, from the weakest."""

STRENGTHS = (0.0, *SHARES, 1.0)
"""The values that a strength can have: 0 is stock, 1 is the version as it is stored."""


@dataclass(frozen=True)
class BlendedVersion:
    """A version, whole or part of the way from stock, weight by weight.

    Its weights are ``stock + strength * (version - stock)``.
    """

    version: int
    strength: float = 1.0

    @classmethod
    def of(cls, version: int, strength: float = 1.0) -> BlendedVersion:
        """Return the value that stands for this version at this strength; strength 0 is stock.

        Raises:
            InvalidInput: The strength is not one of `STRENGTHS`.
        """
        if strength not in STRENGTHS:
            known = ", ".join(f"{one:g}" for one in STRENGTHS)
            raise InvalidInput(f"strength is {strength:g}: choose one of {known}")
        whole = version == STOCK_VERSION or strength == 0
        return cls(STOCK_VERSION) if whole else cls(version, strength)


@dataclass(frozen=True)
class ScoredMask:
    """One version's mask of one object, asked for with the tight box of the true mask.

    ``crop`` is the mask's bounding box as RLE, ``corner`` where its top left
    pixel (x, y) lies in the image; None for an empty mask. ``iou`` is None
    where there is no answer, and ``problem`` says why.
    """

    iou: float | None
    corner: tuple[int, int] = (0, 0)
    crop: Rle | None = None
    problem: str = ""


@dataclass(frozen=True)
class Score:
    """The result of one version on one object; ``iou`` is None until known, or where there is a ``problem``.

    ``learned``: the version was tuned on this object, so that its IoU flatters
    it. ``unseen``: what the version's models got on it while it was held
    out, where that was kept and the mask has not changed since.
    """

    iou: float | None
    problem: str = ""
    learned: bool = False
    unseen: float | None = None

    @property
    def known(self) -> bool:
        """Whether nothing is left to be computed."""
        return self.iou is not None or bool(self.problem)


@dataclass(frozen=True)
class Row:
    """One object with both scores."""

    annotation: Annotation
    filename: str
    a: Score
    b: Score


@dataclass(frozen=True)
class Comparison:
    """The results known so far of two versions on all accepted objects.

    ``left_out``: objects beyond the most that are compared. ``refused``: why a
    version cannot be scored at all, in a sentence; empty when both can.
    """

    rows: tuple[Row, ...]
    left_out: int = 0
    refused: str = ""

    @property
    def done(self) -> int:
        """Rows of which both scores are known."""
        return sum(row.a.known and row.b.known for row in self.rows)


@dataclass(frozen=True)
class Shown:
    """One object's answers by both versions."""

    annotation: Annotation
    a: ScoredMask
    b: ScoredMask
