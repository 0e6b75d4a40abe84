"""What scoring on the test set reads and writes: its objects, and the scores of versions on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from samstudio.db.tables import AnnotationRow, ImageFactsRow, ImageRow, TestScoreRow
from samstudio.domain import AcceptedObject, AnnotationStatus, Use
from samstudio.services.annotations.queries import chunks
from samstudio.services.splits.use import image_use
from samstudio.tuning.data.draw import draw_images, draw_objects

MOST_OBJECTS = 1_000
"""Objects that are scored at most: of more, the images take turns, so that every image counts alike."""

Key = tuple[int, int]
"""An object as it is now: its id and its revision."""


@dataclass(frozen=True)
class TestObjects:
    """The objects of the test set that are scored, image by image; ``left_out``: how many are not."""

    __test__ = False  # not for pytest

    by_image: dict[str, tuple[Key, ...]]
    left_out: int = 0

    @property
    def keys(self) -> frozenset[Key]:
        """The objects."""
        return frozenset(key for keys in self.by_image.values() for key in keys)


def has_test_set(session: Session) -> bool:
    """Tell whether an image is kept aside."""
    facts = ImageFactsRow
    query = select(facts.seq).where(facts.split == "test", ~facts.trashed).limit(1)
    return session.scalar(query) is not None


def read_objects(session: Session) -> TestObjects:
    """Read the accepted objects of the test set that are scored."""
    a, facts = AnnotationRow, ImageFactsRow
    there = (image_use() == Use.TEST.value, ~facts.trashed, facts.accepted > 0)
    columns = select(ImageRow.id, facts.accepted).join(facts, facts.seq == ImageRow.seq)
    counts = dict(session.execute(columns.where(*there).order_by(facts.seq)).all())
    images = draw_images(
        [AcceptedObject(0, image_id, image_id) for image_id in counts],
        seed=0,
        encoded=lambda _image_id: True,
        most=MOST_OBJECTS,
    )
    rows: list[Any] = []
    for chunk in chunks(images):
        accepted = (a.image_id.in_(chunk), a.status == AnnotationStatus.ACCEPTED)
        rows += session.execute(select(a.id, a.image_id, a.revision).where(*accepted).order_by(a.id))
    objects = [AcceptedObject(number, image_id, image_id) for number, image_id, _ in rows]
    chosen = {one.annotation_id for one in draw_objects(objects, images, seed=0, most=MOST_OBJECTS)}
    by_image: dict[str, tuple[Key, ...]] = dict.fromkeys(images, ())
    for number, image_id, revision in rows:
        if number in chosen:
            by_image[image_id] = (*by_image[image_id], (number, revision))
    return TestObjects(by_image, sum(counts.values()) - len(chosen))


def read_scores(session: Session, model: str) -> dict[int, dict[Key, float]]:
    """Return all IoUs of a model's versions by version and object, also of what is no test object now."""
    row = TestScoreRow
    query = select(row.version, row.annotation_id, row.revision, row.iou).where(row.model == model)
    found: dict[int, dict[Key, float]] = {}
    for version, annotation_id, revision, iou in session.execute(query):
        found.setdefault(version, {})[annotation_id, revision] = iou
    return found


def write_scores(
    session: Session, ious: Iterable[tuple[Key, float]], *, model: str, version: int, now: datetime
) -> None:
    """Store a version's IoUs, but for those that another process has stored or whose object is gone.

    Args:
        session: A writing transaction.
        ious: The IoUs by object.
        model: The model; its stock is version 0, as every model's.
        version: The version.
        now: The present time, timezone-aware.
    """
    row = TestScoreRow
    for (annotation_id, revision), iou in ious:
        same = (row.annotation_id == annotation_id, row.revision == revision)
        known = select(row.id).where(*same, row.model == model, row.version == version)
        if session.get(AnnotationRow, annotation_id) is None or session.scalar(known) is not None:
            continue
        session.add(
            TestScoreRow(
                annotation_id=annotation_id,
                revision=revision,
                model=model,
                version=version,
                iou=iou,
                scored_at=now,
            )
        )
