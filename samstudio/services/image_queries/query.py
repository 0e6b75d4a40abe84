"""Which images, in which order: one value for lists, neighbours and changes of many; and for an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Self

from samstudio.domain import AnnotationStatus, ImageState, InvalidInput
from samstudio.services.image_queries import parameters as kinds
from samstudio.services.image_queries.sorting import SORT_KEYS, SortKey

SPLITS = ("train", "val", "test")


@dataclass(frozen=True)
class ImageQuery:
    """The images for which all of this is so; None asks nothing. Objects are those not rejected.

    ``text``: words in the name or the group, each of them, without case. ``category``, ``status``: it has
    an object of this category, of this status, or an object that is both. ``author``: who made or last
    changed an object. ``version``: the decoder that proposed one. ``score`` and ``held_out``: the lowest
    predicted, and the lowest held-out, IoU of its objects. ``proposals``: whether an object is still
    proposed; ``corrections``: whether one was corrected after a decoder had proposed it. ``flagged``: it,
    or an object of it, needs a second look; ``noted``: it, or an object of it, has a note. ``trashed``:
    those in the trash instead of those that are not.
    ``descending`` None: as is natural for the order.
    """

    text: str | None = None
    category: str | None = None
    status: AnnotationStatus | None = None
    state: ImageState | None = None
    split: str | None = None
    tag: str | None = None
    group: str | None = None
    author: str | None = None
    version: int | None = None
    added_from: datetime | None = None
    added_to: datetime | None = None
    changed_from: datetime | None = None
    changed_to: datetime | None = None
    score_from: float | None = None
    score_to: float | None = None
    held_out_from: float | None = None
    held_out_to: float | None = None
    objects_from: int | None = None
    objects_to: int | None = None
    pixels_from: int | None = None
    pixels_to: int | None = None
    proposals: bool | None = None
    corrections: bool | None = None
    flagged: bool | None = None
    noted: bool | None = None
    trashed: bool = False
    sort: str = "added"
    descending: bool | None = None

    def __post_init__(self) -> None:
        """Check that the order exists and that no range is empty.

        Raises:
            InvalidInput: There is no such order, or a range ends before it begins.
        """
        SORT_KEYS.get(self.sort)
        for name in RANGES:
            low, high = getattr(self, f"{name}_from"), getattr(self, f"{name}_to")
            if low is not None and high is not None and low > high:
                written = [
                    KINDS[f"{name}_{side}"].write(value) for side, value in (("from", low), ("to", high))
                ]
                raise InvalidInput(
                    f"{name}_from {written[0]} is after {name}_to {written[1]}: no image is between"
                )

    @property
    def sort_key(self) -> SortKey:
        """The order."""
        return SORT_KEYS.get(self.sort)

    @property
    def falls(self) -> bool:
        """Whether the greatest come first."""
        return self.sort_key.descending if self.descending is None else self.descending

    @property
    def filters(self) -> dict[str, Any]:
        """What is asked beside the order and the trash, by name."""
        return {name: value for name in FILTERS if (value := getattr(self, name)) is not None}

    def without_each(self) -> dict[str, Self]:
        """Return the query without each of its filters, by name: a range is one filter, the trash too."""
        names = {name.removesuffix("_from").removesuffix("_to"): None for name in self.filters}
        found = {name: self._without(name) for name in names}
        return {**found, "trashed": replace(self, trashed=False)} if self.trashed else found

    def _without(self, name: str) -> Self:
        fields_of_it = (f"{name}_from", f"{name}_to") if name in RANGES else (name,)
        nothing: dict[str, Any] = dict.fromkeys(fields_of_it)
        return replace(self, **nothing)

    def to_params(self) -> dict[str, str]:
        """Return it as the parameters of an address; what is as in an empty query is left out."""
        return {
            one.name: KINDS[one.name].write(value)
            for one in fields(self)
            if (value := getattr(self, one.name)) != one.default
        }

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> Self:
        """Return the query of an address's parameters; those that are empty ask nothing.

        Raises:
            InvalidInput: There is no such parameter, or a value cannot be used; it names them.
        """
        values: dict[str, Any] = {}
        for name, text in params.items():
            if name not in KINDS:
                raise InvalidInput(f"images cannot be looked for by {name!r}: there are {', '.join(KINDS)}")
            if text != "":
                values[name] = KINDS[name].parsed(name, text)
        return cls(**values)


KINDS: dict[str, kinds.Kind] = {
    "text": kinds.TEXT,
    "category": kinds.TEXT,
    "status": kinds.choice(AnnotationStatus.PROPOSED, AnnotationStatus.ACCEPTED),
    "state": kinds.choice(*ImageState),
    "split": kinds.choice(*SPLITS),
    "tag": kinds.TEXT,
    "group": kinds.TEXT,
    "author": kinds.TEXT,
    "version": kinds.INTEGER,
    "added_from": kinds.FROM,
    "added_to": kinds.TO,
    "changed_from": kinds.FROM,
    "changed_to": kinds.TO,
    "score_from": kinds.SCORE,
    "score_to": kinds.SCORE,
    "held_out_from": kinds.SCORE,
    "held_out_to": kinds.SCORE,
    "objects_from": kinds.INTEGER,
    "objects_to": kinds.INTEGER,
    "pixels_from": kinds.INTEGER,
    "pixels_to": kinds.INTEGER,
    "proposals": kinds.FLAG,
    "corrections": kinds.FLAG,
    "flagged": kinds.FLAG,
    "noted": kinds.FLAG,
    "trashed": kinds.FLAG,
    "sort": kinds.choice(*SORT_KEYS.names()),
    "descending": kinds.FLAG,
}
"""Of each field, how it is written."""

RANGES = tuple(name.removesuffix("_from") for name in KINDS if name.endswith("_from"))
FILTERS = tuple(name for name in KINDS if name not in ("trashed", "sort", "descending"))
