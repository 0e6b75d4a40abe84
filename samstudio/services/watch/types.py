"""Types of the watch: which versions it compares, what it has found so far, and what it took back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from samstudio.domain import LiveVersion
from samstudio.tuning.watch.difference import NewObject

TAKEN_BACK = "watch-rolled-back"
"""The code of a move of ``live`` that the watch made."""

Action = Literal["rolls-back", "switched-off", "made-live-again"]
"""What the watch does when the live version is worse: it goes back, or it only says so, because the setting
switches it off, or because a person made a version live again that it had taken back."""


@dataclass(frozen=True)
class Watched:
    """A live version under watch: since when, and the version ``former`` that a rollback returns to."""

    live: LiveVersion
    former: int
    seen_images: frozenset[str]
    """Ids of the images that the live version learned from."""
    seen_groups: frozenset[str]
    """The groups of those images."""

    @property
    def since(self) -> datetime:
        """When it became live."""
        assert self.live.moved_at is not None  # only stock is live without a move
        return self.live.moved_at


@dataclass(frozen=True)
class Candidate:
    """A new object that counts, before it is scored: one revision of an annotation."""

    annotation_id: int
    revision: int
    image_id: str


@dataclass(frozen=True)
class WatchScore:
    """The IoUs of the three decoders with one new object's final mask; None where ``problem`` says why."""

    live: float | None = None
    former: float | None = None
    stock: float | None = None
    untouched: bool = False
    problem: str = ""


@dataclass(frozen=True)
class WatchFigures:
    """What is known of the live version ``version`` on objects that are new to it.

    ``objects`` are scored, ``waiting`` are not yet, ``untouched`` were accepted as it proposed them. The
    mIoUs are those of the final masks, None before the first object; untouched ones flatter ``live_miou``.
    ``evidence`` that it is worse than ``former``: ``limit`` is enough (`samstudio.tuning.watch`).
    ``problem``: why nothing more can be scored, in a sentence.
    """

    version: int
    former: int
    since: datetime
    objects: int
    waiting: int
    untouched: int
    live_miou: float | None
    former_miou: float | None
    stock_miou: float | None
    evidence: float
    limit: float
    worse: bool
    action: Action
    problem: str = ""


@dataclass(frozen=True)
class TakenBack:
    """A version that the watch took back, and the version that is live since; ``reason`` is a sentence."""

    version: int
    to: int
    at: datetime
    reason: str


@dataclass(frozen=True)
class WatchState:
    """The present watch, None while stock is live; and what the last move took back, if the watch made it."""

    watching: WatchFigures | None = None
    taken_back: TakenBack | None = None


def judged(image_id: str, score: WatchScore) -> NewObject | None:
    """Return the scored object as the test counts it; None where it could not be scored."""
    if score.live is None or score.former is None:
        return None
    return NewObject(image_id, score.former, score.live, score.untouched)
