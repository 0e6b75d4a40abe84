"""The scores of a version, object by object, that tuning jobs have stored already.

A job judges stock and the live version themselves: those scores are exactly
what a comparison would compute. The candidate is judged by models that did
not see the object: not the stored decoder's score, but an honest one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from samstudio.domain import Annotation, NotFound
from samstudio.services.versions.evaluations import StoredEvaluation
from samstudio.tuning.protocols import DECIDES

if TYPE_CHECKING:
    from samstudio.services.jobs import JobService
    from samstudio.services.versions import VersionService

FRESH_SECONDS = 10.0
"""So long an answer of the database is good: jobs add to it a few times a day."""


@dataclass
class _Known:
    """Mappings of object ids to (IoU, when the mask was read)."""

    exact: dict[int, tuple[float, datetime]] = field(default_factory=dict)
    unseen: dict[int, tuple[float, datetime]] = field(default_factory=dict)


class StoredScores:
    """The scores in stored evaluations, by version."""

    def __init__(
        self, *, versions: VersionService, jobs: JobService, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._versions = versions
        self._jobs = jobs
        self._clock = clock
        self._read: dict[int, tuple[float, _Known]] = {}

    def exact(self, version: int, annotation: Annotation) -> float | None:
        """Return the version's own IoU on the object as it is now; None where no job measured it."""
        return _of(self._known(version).exact, annotation)

    def unseen(self, version: int, annotation: Annotation) -> float | None:
        """Return the IoU of the version's models on the object while it was held out.

        None where no job measured it, or the object has changed since.
        """
        return _of(self._known(version).unseen, annotation)

    def held_out(self, version: int) -> dict[int, tuple[float, datetime]]:
        """Return the IoU on each object of the models that did not see it, and when it was read."""
        return dict(self._known(version).unseen)

    def _known(self, version: int) -> _Known:
        read = self._read.get(version)
        if read is None or self._clock() - read[0] > FRESH_SECONDS:
            read = self._read[version] = (self._clock(), self._afresh(version))
        return read[1]

    def _afresh(self, version: int) -> _Known:
        known = _Known()
        # Every model's stock is version 0: only what this model's jobs measured counts.
        ours = {made.job_id for made in self._versions.list()}
        for one in self._versions.evaluations(version):
            since = self._since(one)
            if one.protocol != DECIDES or since is None or one.job_id not in ours:
                continue
            found = known.unseen if one.role == "candidate" else known.exact
            for scored in one.objects:
                if scored.annotation_id is not None and scored.iou is not None:
                    found[scored.annotation_id] = (scored.iou, since)
        return known

    def _since(self, evaluation: StoredEvaluation) -> datetime | None:
        """Tell when the masks were read: as the job began, not when it stored what it found."""
        if evaluation.job_id is not None:
            try:
                return self._jobs.get(evaluation.job_id).started_at or evaluation.created_at
            except NotFound:
                pass
        return evaluation.created_at


def _of(known: dict[int, tuple[float, datetime]], annotation: Annotation) -> float | None:
    found = known.get(annotation.id)
    return None if found is None or annotation.updated_at > found[1] else found[0]
