"""What finding images gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from samstudio.domain import Image, ImageState


@dataclass(frozen=True)
class ListedImage:
    """An image with what a list shows of it.

    ``score`` and ``held_out``: the lowest predicted, and the lowest held-out, IoU of its objects; None
    where none has one. ``changed_at``: when anything on it was last changed, so that a picture of it and
    its masks, made then, is good until it moves. ``cursor``: its place in the order of the query.
    """

    image: Image
    state: ImageState
    accepted: int
    proposed: int
    corrected: int
    flagged: bool
    note: str
    tags: tuple[str, ...]
    split: str | None
    score: float | None
    held_out: float | None
    changed_at: datetime
    deleted_at: datetime | None
    cursor: str

    @property
    def id(self) -> str:
        """The image's id."""
        return self.image.id


@dataclass(frozen=True)
class ListedPage:
    """Images in the query's order; ``before`` and ``after`` are where to go on, None at an end."""

    items: tuple[ListedImage, ...]
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Neighbours:
    """The ids of the images before and after one, in the query's order; None at an end."""

    previous: str | None
    next: str | None
