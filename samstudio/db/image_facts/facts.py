"""The facts of one image, computed from its row, its objects and its tags. No database here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from samstudio.db.image_facts.words import name_key, search_text, set_text
from samstudio.domain import ImageState

NO_SCORE, NO_SCORE_DOWN = 2.0, -1.0
"""Above and below every IoU: an image without one comes last, in whichever direction it is looked for."""


class ImageValues(NamedTuple):
    """The columns of an image that its facts come from, in the order in which they are selected."""

    seq: int
    id: str
    filename: str
    group: str | None
    width: int
    height: int
    created_at: datetime
    updated_at: datetime | None
    deleted_at: datetime | None
    mark: str | None
    flagged: bool
    note: str
    split: str | None


class ObjectTotals(NamedTuple):
    """What an image's facts say of its objects, summed up by the database.

    Rejected objects count for two things only: how many they are, and that somebody changed something, and
    when. The sets are lists in any order; None for none.
    """

    accepted: int = 0
    proposed: int = 0
    rejected: int = 0
    corrected: int = 0
    flagged: int = 0
    noted: int = 0
    predicted_iou: float | None = None
    held_out_iou: float | None = None
    updated_at: datetime | None = None
    accepted_categories: Sequence[int] | None = None
    proposed_categories: Sequence[int] | None = None
    versions: Sequence[int] | None = None
    authors: Sequence[str] | None = None


def facts_of(image: ImageValues, objects: ObjectTotals, tags: Iterable[str]) -> dict[str, Any]:
    """Return the columns of an image's `ImageFactsRow`."""
    moments = (image.created_at, image.updated_at, objects.updated_at)
    return {
        "seq": image.seq,
        "trashed": image.deleted_at is not None,
        "name_key": name_key(image.filename),
        "group_key": name_key(image.group or ""),
        "search": search_text(image.filename, image.group),
        "group_name": image.group,
        "created_at": image.created_at,
        "changed_at": max(moment for moment in moments if moment is not None),
        "state": state_of(image.mark, objects.accepted),
        "flagged": bool(image.flagged) or objects.flagged > 0,
        "noted": bool(image.note) or objects.noted > 0,
        "split": image.split,
        "pixels": image.width * image.height,
        "objects": objects.accepted + objects.proposed,
        "accepted": objects.accepted,
        "proposed": objects.proposed,
        "rejected": objects.rejected,
        "corrected": objects.corrected,
        **_lowest("score", objects.predicted_iou),
        **_lowest("held_out", objects.held_out_iou),
        "accepted_categories": set_text(objects.accepted_categories or ()),
        "proposed_categories": set_text(objects.proposed_categories or ()),
        "versions": set_text(objects.versions or ()),
        "authors": set_text(objects.authors or ()),
        "tags": set_text(tags),
    }


def state_of(mark: str | None, accepted: int) -> ImageState:
    """Return where an image stands: a person's word, but "nothing here" only while nothing is accepted."""
    if mark == ImageState.DONE or (mark == ImageState.NOTHING and not accepted):
        return ImageState(mark)
    return ImageState.IN_PROGRESS if accepted else ImageState.TODO


def _lowest(name: str, score: float | None) -> dict[str, float]:
    if score is None:
        return {name: NO_SCORE, f"{name}_down": NO_SCORE_DOWN}
    return {name: score, f"{name}_down": score}
