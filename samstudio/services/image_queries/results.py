"""What finding images gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from samstudio.domain import Image, ImageState


@dataclass(frozen=True)
class ListedImage:
    """An image with what a list shows of it.

    ``flagged``: it, or an object of it, needs a second look. ``score`` and ``held_out``: the lowest
    predicted, and the lowest held-out, IoU of its objects; None where none has one. ``changed_at``: when
    anything on it was last changed, so that a picture of it and its masks, made then, is good until it
    moves. ``cursor``: its place in the order of the query. ``seq``: its number, which no other image ever
    has.
    """

    seq: int
    image: Image
    state: ImageState
    accepted: int
    proposed: int
    corrected: int
    flagged: bool
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

    @property
    def note(self) -> str:
        """What a person wrote about the image."""
        return self.image.note


@dataclass(frozen=True)
class StateCounts:
    """How many images of the dataset stand where, by `ImageState`; the trash aside."""

    todo: int = 0
    in_progress: int = 0
    done: int = 0
    nothing: int = 0

    @property
    def finished(self) -> int:
        """How many of which a person has said that they are done, or that there is nothing on them."""
        return self.done + self.nothing

    @property
    def unfinished(self) -> int:
        """How many of which nobody has said so."""
        return self.todo + self.in_progress

    @property
    def total(self) -> int:
        """How many images there are."""
        return self.unfinished + self.finished


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
