"""The state that the header shows, in one small answer: live version, job, images being encoded.

The header asks for it every second or two. Other processes (the command line,
a worker) change the database, so everything is read afresh.
"""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from samstudio.authors import verified_author
from samstudio.domain import Job, JobStatus
from samstudio.spaces.place import notices
from samstudio.web.encoding_queue import EncodingQueue
from samstudio.web.page.markup import clock, duration, version_name
from samstudio.web.page.server_functions import ServerFunction, errors_as_json

if TYPE_CHECKING:
    from samstudio.project import Project

PENDING_SHOWN = 500


def status_function(*, project: Project, encoding_queue: EncodingQueue) -> ServerFunction:
    """Return the header's server function."""

    known = notices(project.settings, os.environ)
    progress = _Progress(project)

    def status(_request: dict[str, Any]) -> dict[str, Any]:
        live = project.versions.live()
        job = project.jobs.latest()
        now = encoding_queue.status()
        stamp = str(project.image_queries.changes())
        return {
            "live": {
                "name": version_name(live.number),
                "since": f"since {clock(live.moved_at)}" if live.moved_at else "",
                "title": "The decoder that proposes masks now. See Versions.",
            },
            "job": _job(job),
            "notices": [*known, *_taken_back(project)],
            "preparing": {
                "model": now.model,
                "error": now.error,
                "done": now.done,
                "total": now.total,
                "pending": now.pending[:PENDING_SHOWN],
            },
            "author": verified_author(),
            "stamps": {
                "live": f"{live.number}@{live.moved_at}",
                "job": _job_stamp(job),
                "scores": project.test_scores.stamp(),
                "dataset": stamp,
            },
            "states": progress.at(stamp),
        }

    return errors_as_json(status)


class _Progress:
    """How far the set is; counted once for each state of the dataset, whoever asks."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: tuple[str, dict[str, int]] | None = None

    def at(self, stamp: str) -> dict[str, int]:
        """Return the numbers of images by state, when the dataset's stamp is this."""
        known = self._known
        if known is None or known[0] != stamp:
            known = self._known = (stamp, asdict(self._project.image_queries.states()))
        return known[1]


def _taken_back(project: Project) -> list[dict[str, str]]:
    """Return the notice that the watch took a version back, until a person moves ``live``."""
    taken = project.watch.taken_back()
    if taken is None:
        return []
    return [{"title": f"Version {taken.version} was taken back", "text": taken.reason}]


def _job(job: Job | None) -> dict[str, Any] | None:
    if job is None or job.status.finished:
        return None
    left = duration(job.seconds_left)
    waiting = job.status is JobStatus.QUEUED
    text = "Fine-tuning is starting" if waiting else f"Fine-tuning{f', {left} left' if left else ''}"
    return {"id": job.id, "text": text, "progress": job.progress}


def _job_stamp(job: Job | None) -> str:
    return f"{job.id}:{job.status}:{job.phase}:{job.step}:{job.cancel_requested}" if job else ""
