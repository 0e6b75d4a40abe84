"""Finding images: the query as parameters, pages, neighbours; and changes of one image and of many."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from samstudio.services.bulk import BULK_ACTIONS
from samstudio.services.bulk.actions.tags import LONGEST_TAG
from samstudio.services.image_queries import ImageQuery
from samstudio.services.image_queries.parameters import LARGEST_INTEGER, LONGEST_TEXT, Kind
from samstudio.services.image_queries.query import KINDS
from samstudio.services.notes import LONGEST_GROUP
from samstudio.web.api.models.base import (
    MAX_PAGE,
    Body,
    ChosenImages,
    ImageIds,
    NoteText,
    OneOf,
    Query,
    Reply,
    example,
)
from samstudio.web.api.models.images import ImageInfo

PersonState = Literal["todo", "done", "nothing"]
"""What a person can say of where an image stands; ``todo``: neither of the others."""
ShownText = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$")]

DESCRIPTIONS: dict[str, str] = {
    "text": "Words in the file name or the group, each of them, without case.",
    "category": "An object of this category; with `status`, of both.",
    "status": "An object of this status.",
    "state": "Where the image stands.",
    "split": "What it is fixed for.",
    "tag": "A tag that it has.",
    "group": "Its group.",
    "author": "Who made or last changed an object.",
    "version": "The decoder version that proposed an object; 0 is stock.",
    "added_from": "Added on this day or at this moment (UTC), or later.",
    "added_to": "Added on this day or at this moment (UTC), or earlier.",
    "changed_from": "Last changed on this day or at this moment (UTC), or later.",
    "changed_to": "Last changed on this day or at this moment (UTC), or earlier.",
    "score_from": "The lowest predicted IoU of its objects is this, or higher.",
    "score_to": "The lowest predicted IoU of its objects is this, or lower.",
    "held_out_from": "The lowest held-out IoU of its objects is this, or higher.",
    "held_out_to": "The lowest held-out IoU of its objects is this, or lower.",
    "objects_from": "This many objects, or more.",
    "objects_to": "This many objects, or fewer.",
    "pixels_from": "This many pixels (width × height), or more.",
    "pixels_to": "This many pixels (width × height), or fewer.",
    "proposals": "Whether it has objects that are still proposed.",
    "corrections": "Whether it has objects that were corrected after a decoder had proposed them.",
    "flagged": "Whether it, or an object of it, needs a second look.",
    "noted": "Whether it, or an object of it, has a note.",
    "trashed": "Those in the trash instead of those that are not.",
    "sort": "The order.",
    "descending": "The greatest first; by default as is natural for the order.",
}
"""Of each parameter, what it asks."""


def _type(kind: Kind) -> Any:
    """Return the type by which the API's document describes a parameter; `ImageQuery` checks it again."""
    types: dict[str, Any] = {
        "integer": Annotated[int, Field(ge=0, le=LARGEST_INTEGER)],
        "score": Annotated[float, Field(ge=0, le=1)],
        "flag": bool,
        "text": Annotated[ShownText, Field(max_length=LONGEST_TEXT)],
        "moment": Annotated[str, Field(max_length=40, examples=["2026-01-31"])],
    }
    return Literal[kind.choices] if kind.choices else types[kind.name]


class _ImageFilter(Query):
    """Which images, in which order."""

    def query(self) -> ImageQuery:
        """Return the query.

        Raises:
            InvalidInput: A value cannot be used; it names it.
        """
        asked = {name: getattr(self, name) for name in KINDS}
        return ImageQuery.from_params(
            {name: _written(value) for name, value in asked.items() if value is not None}
        )


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_FIELDS: dict[str, Any] = {
    name: (_type(kind) | None, Field(None, description=DESCRIPTIONS[name])) for name, kind in KINDS.items()
}
ImageFilter = create_model("ImageFilter", __base__=_ImageFilter, **_FIELDS)
"""A query's parameters."""


class _ImageListQuery(_ImageFilter):
    """A query's parameters, and the part of its images that is asked for."""

    after: str | None = Field(None, max_length=2000, description="The images after this place.")
    before: str | None = Field(None, max_length=2000, description="The last images ahead of this place.")
    limit: int = Field(100, ge=1, le=MAX_PAGE, description=f"How many to give, at most {MAX_PAGE}.")
    most: int | None = Field(
        None, ge=0, le=10**9, description="Count no further than this and one more; by default count all."
    )


ImageListQuery = create_model("ImageListQuery", __base__=_ImageListQuery, **_FIELDS)


class ListedImageInfo(Reply):
    """An image as lists show it; ``flagged``: it, or an object of it.

    ``score`` and ``held_out`` are the lowest of its objects.
    """

    image: ImageInfo
    state: Literal["todo", "in_progress", "done", "nothing"]
    accepted: int
    proposed: int
    corrected: int
    flagged: bool
    note: str
    tags: list[str]
    split: str | None
    score: float | None
    held_out: float | None
    changed_at: datetime
    deleted_at: datetime | None
    cursor: str


class ListedPageInfo(Reply):
    """Images in the query's order; ``before`` and ``after`` are places to go on from, null at an end."""

    items: list[ListedImageInfo]
    before: str | None
    after: str | None
    total: int


class NeighboursInfo(Reply):
    """The images before and after one in the query's order; null at an end."""

    previous: str | None
    next: str | None


class SeenMarks(Body):
    """An image as the caller saw it; only what is given is compared."""

    state: PersonState | None = None
    note: NoteText | None = None
    flagged: bool | None = None
    group: str | None = Field(None, max_length=LONGEST_GROUP)
    split: Literal["train", "val", "test", ""] | None = None


class ImageMarks(Body):
    """What is to change about an image; what is missing stays."""

    model_config = example(
        {"state": "done", "add_tags": ["hard"]},
        {"note": "blurred", "flagged": True, "seen": {"note": ""}},
    )

    state: PersonState | None = Field(
        None, description="What a person says; `todo` takes it back, the state then follows from the objects."
    )
    note: NoteText | None = Field(None, description="An empty one: none.")
    flagged: bool | None = Field(None, description="Whether it needs a second look.")
    group: str | None = Field(
        None, max_length=LONGEST_GROUP, pattern=r"^[^\x00-\x1f\x7f]*$", description="An empty one: none."
    )
    split: Literal["train", "val", "test", ""] | None = Field(None, description="An empty one: none.")
    add_tags: list[Annotated[ShownText, Field(max_length=LONGEST_TAG)]] = Field([], max_length=50)
    remove_tags: list[Annotated[ShownText, Field(max_length=LONGEST_TAG)]] = Field([], max_length=50)
    seen: SeenMarks | None = Field(
        None, description="Refused with 409 where what is to change is not as it is here; by default changed."
    )

    def seen_values(self) -> dict[str, Any] | None:
        """Return what the caller saw; None where it does not say."""
        return None if self.seen is None else self.seen.model_dump(exclude_none=True)

    def actions(self) -> list[tuple[str, str]]:
        """Return the actions of `BULK_ACTIONS` that do this, each with its value."""
        named = {"state": self.state, "note": self.note, "group": self.group, "split": self.split}
        flag = [] if self.flagged is None else [("flag" if self.flagged else "unflag", "")]
        return [
            *((name, value) for name, value in named.items() if value is not None),
            *flag,
            *(("tag", tag) for tag in self.add_tags),
            *(("untag", tag) for tag in self.remove_tags),
        ]


class BulkBody(ChosenImages):
    """An action on the images of a list of ids, or of a query (parameters of the list of images)."""

    model_config = example(
        {"action": "accept", "query": {"category": "cell", "score_from": "0.9"}},
        {"action": "tag", "value": "hard", "images": ["8f434346648f6b96df89dda901c5176b"]},
    )

    action: Annotated[str, OneOf(BULK_ACTIONS)]
    value: str = Field("", max_length=2000, description="What the action takes.")


class LeftInfo(Reply):
    """How many images an action left as they were, and why."""

    reason: str
    images: int


class BulkInfo(Reply):
    """An action on many images: ``done`` of ``total`` were looked at.

    ``images`` and ``objects``: how many it changed; ``left``: the other images, by reason. ``undone``: how
    many the undoing has looked at; ``kept``: how many of what it ``counts`` stay as somebody left them since.
    """

    id: int
    action: str
    value: str
    state: Literal["running", "done", "cancelled", "failed", "undoing", "undone"]
    done: int
    total: int
    can_undo: bool
    problem: str
    started_at: datetime
    counts: Literal["images", "objects"]
    images: int
    objects: int
    left: list[LeftInfo]
    undone: int
    kept: int


class BulkList(Reply):
    """The runs that are remembered, the newest first."""

    items: list[BulkInfo]


class TagInfo(Reply):
    """A tag and how many images have it."""

    name: str
    images: int


class TagList(Reply):
    """All tags, by name."""

    items: list[TagInfo]


class TrashBody(Body):
    """Images of the trash; null means all that are in it."""

    images: ImageIds | None = None


class MovedImages(Reply):
    """How many images were restored, or deleted for good."""

    images: int
