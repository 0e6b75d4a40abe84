"""A job as a stream of server-sent events, read from the database that its worker writes to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

import anyio
from fastapi.sse import ServerSentEvent
from starlette.concurrency import run_in_threadpool

from samstudio.domain import Job, JobPoint
from samstudio.web.api.models.jobs import JobInfo, PointInfo

POLL_SECONDS = 0.5


class Jobs(Protocol):
    """The part of `samstudio.services.jobs.JobService` that is needed here."""

    def get(self, job_id: int) -> Job:
        """Return the job as it is now."""

    def points(self, job_id: int) -> list[JobPoint]:
        """Return the job's curves so far."""


async def job_events(
    jobs: Jobs, job_id: int, *, seen: int = 0, poll_seconds: float = POLL_SECONDS
) -> AsyncIterator[ServerSentEvent]:
    """Yield ``point`` for each point of a job's curves and ``job`` at each change, until it has ended.

    Args:
        jobs: where the job is read.
        job_id: the job's number.
        seen: how many points to leave out, because the client has them.
        poll_seconds: seconds between two reads.
    """
    sent: JobInfo | None = None
    while True:
        # The job first: what was measured before it ended is in the points that are read after it.
        job = await run_in_threadpool(jobs.get, job_id)
        points = await run_in_threadpool(jobs.points, job_id)
        for number, point in enumerate(points[seen:], start=seen + 1):
            yield ServerSentEvent(event="point", id=str(number), data=PointInfo.model_validate(point))
        seen = max(seen, len(points))
        now = JobInfo.model_validate(job)
        if now != sent:
            yield ServerSentEvent(event="job", data=now)
            sent = now
        if job.status.finished:
            return
        await anyio.sleep(poll_seconds)
