"""Held-out IoUs, kept with the objects: how well models that had not seen an object drew it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from samstudio.db.image_facts import refresh
from samstudio.db.tables import AnnotationRow
from samstudio.domain import Annotation
from samstudio.services.annotations.queries import chunks

HeldOut = Mapping[int, tuple[float, datetime]]
"""By annotation id an IoU, 0 to 1, and when the mask was read that it is of."""


def is_untouched(one: Annotation, version: int) -> bool:
    """Tell whether the mask is a version's answer to the first prompt, accepted as it was."""
    return one.proposed_by == version and not one.corrected and len(one.prompts) <= 1


def write_held_out(session: Session, known: HeldOut) -> None:
    """Keep held-out IoUs, of each object the newest; the object itself counts as unchanged.

    Those of objects that were changed since, or are gone, are passed over.
    """
    changed: set[str] = set()
    for chunk in chunks(sorted(known)):
        a = AnnotationRow
        rows = session.execute(select(a.id, a.image_id, a.updated_at).where(a.id.in_(chunk))).all()
        good = [(number, image_id) for number, image_id, at in rows if at <= known[number][1]]
        if good:
            values = [{"object": n, "iou": known[n][0], "read_at": known[n][1]} for n, _ in good]
            session.connection().execute(_KEEP, values)
        changed |= {image_id for _, image_id in good}
    session.expire_all()  # what the session has read of the rows is old now
    refresh(session, changed)


_KEEP = (
    update(AnnotationRow)
    .where(AnnotationRow.id == bindparam("object"), AnnotationRow.updated_at <= bindparam("read_at"))
    .values(held_out_iou=bindparam("iou"))
)
