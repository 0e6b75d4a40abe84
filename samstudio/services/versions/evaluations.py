"""Evaluations as they are kept: one row a decoder and protocol, with each object's IoU."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from samstudio.db.tables import EvaluationRow
from samstudio.records import ObjectIou


@dataclass(frozen=True)
class StoredEvaluation:
    """The score of one decoder under one protocol.

    ``version`` is None for a candidate that was never stored. ``role`` says
    what it was judged as: ``base``, ``live``, ``candidate`` or nothing.
    ``objects``: the IoU of each object, where that was kept.
    """

    protocol: str
    miou: float
    n_objects: int
    version: int | None
    job_id: int | None = None
    role: str = ""
    objects: tuple[ObjectIou, ...] = ()
    created_at: datetime | None = None


def write_evaluations(session: Session, evaluations: Sequence[StoredEvaluation], now: datetime) -> None:
    """Add a row for each evaluation; one without ``created_at`` gets ``now``."""
    for item in evaluations:
        session.add(
            EvaluationRow(
                job_id=item.job_id,
                version=item.version,
                role=item.role,
                protocol=item.protocol,
                miou=item.miou,
                n_objects=item.n_objects,
                objects=[each.to_json() for each in item.objects],
                created_at=item.created_at or now,
            )
        )


def read_evaluations(session: Session, version: int | None, job_id: int | None) -> list[StoredEvaluation]:
    """List the evaluations of a version, of a job, of both, or (None, None) all; oldest first."""
    query = select(EvaluationRow).order_by(EvaluationRow.id)
    if version is not None:
        query = query.where(EvaluationRow.version == version)
    if job_id is not None:
        query = query.where(EvaluationRow.job_id == job_id)
    return [
        StoredEvaluation(
            protocol=row.protocol,
            miou=row.miou,
            n_objects=row.n_objects,
            version=row.version,
            job_id=row.job_id,
            role=row.role,
            objects=tuple(map(ObjectIou.from_json, row.objects)),
            created_at=row.created_at,
        )
        for row in session.scalars(query)
    ]
