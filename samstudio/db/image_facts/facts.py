"""The facts of one image, computed from its row, its objects and its tags. No database here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from samstudio.db.image_facts.words import name_key, search_text, set_text
from samstudio.domain import AnnotationStatus, ImageState

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


class ObjectValues(NamedTuple):
    """The columns of an annotation that its image's facts come from."""

    image_id: str
    status: AnnotationStatus
    category_id: int
    proposed_by: int | None
    predicted_iou: float | None
    held_out_iou: float | None
    corrected: bool
    author: str | None
    flagged: bool
    note: str
    updated_at: datetime


def facts_of(image: ImageValues, objects: Sequence[ObjectValues], tags: Iterable[str]) -> dict[str, Any]:
    """Return the columns of an image's `ImageFactsRow`.

    Rejected objects count for one thing only: that somebody changed something, and when.
    """
    present = [one for one in objects if one.status is not AnnotationStatus.REJECTED]
    accepted = [one for one in present if one.status is AnnotationStatus.ACCEPTED]
    proposed = [one for one in present if one.status is AnnotationStatus.PROPOSED]
    moments = [image.created_at, image.updated_at, *(one.updated_at for one in objects)]
    return {
        "seq": image.seq,
        "trashed": image.deleted_at is not None,
        "name_key": name_key(image.filename),
        "group_key": name_key(image.group or ""),
        "search": search_text(image.filename, image.group),
        "group": image.group,
        "created_at": image.created_at,
        "changed_at": max(moment for moment in moments if moment is not None),
        "state": state_of(image.mark, len(accepted)),
        "flagged": bool(image.flagged) or any(one.flagged for one in present),
        "noted": bool(image.note) or any(one.note for one in present),
        "split": image.split,
        "pixels": image.width * image.height,
        "objects": len(present),
        "accepted": len(accepted),
        "proposed": len(proposed),
        "corrected": sum(one.corrected for one in present),
        **_lowest("score", [one.predicted_iou for one in present]),
        **_lowest("held_out", [one.held_out_iou for one in present]),
        "accepted_categories": set_text(one.category_id for one in accepted),
        "proposed_categories": set_text(one.category_id for one in proposed),
        "versions": set_text(one.proposed_by for one in present if one.proposed_by is not None),
        "authors": set_text(one.author for one in present if one.author),
        "tags": set_text(tags),
    }


def state_of(mark: str | None, accepted: int) -> ImageState:
    """Return where an image stands: a person's word, but "nothing here" only while nothing is accepted."""
    if mark == ImageState.DONE or (mark == ImageState.NOTHING and not accepted):
        return ImageState(mark)
    return ImageState.IN_PROGRESS if accepted else ImageState.TODO


def _lowest(name: str, scores: Iterable[float | None]) -> dict[str, float]:
    known = [one for one in scores if one is not None]
    if not known:
        return {name: NO_SCORE, f"{name}_down": NO_SCORE_DOWN}
    return {name: min(known), f"{name}_down": min(known)}
