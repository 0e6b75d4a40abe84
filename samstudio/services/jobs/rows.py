"""Between job rows and the domain's jobs, and whether anyone still works on one."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from samstudio.db.tables import JobRow
from samstudio.domain import Job, JobStatus, NotFound
from samstudio.records import JobConfig, JobResult
from samstudio.services.jobs.workers import Worker

NOTHING_LOST = "nothing was changed; press Fine-tune now to try again"


def get_or_raise(session: Session, job_id: int) -> JobRow:
    """Return the row with that id.

    Raises:
        NotFound: There is none.
    """
    row = session.get(JobRow, job_id)
    if row is None:
        raise NotFound(f"there is no job {job_id}")
    return row


def to_job(row: JobRow) -> Job:
    """Convert a row to the domain's type."""
    return Job(
        id=row.id,
        status=JobStatus(row.status),
        config=JobConfig.from_json(row.config),
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        heartbeat_at=row.heartbeat_at,
        phase=row.phase,
        step=row.step,
        total_steps=row.total_steps,
        seconds_left=row.seconds_left,
        cancel_requested=row.cancel_requested,
        reason=row.reason,
        result=None if row.result is None else JobResult.from_json(row.result),
        worker=None if row.worker_pid is None else f"{row.worker_host}:{row.worker_pid}",
    )


def lost_because(row: JobRow, *, now: datetime, stale: timedelta) -> str | None:
    """Say in a sentence why an active job is lost; None when it is not."""
    if row.status == JobStatus.QUEUED:
        if now - row.created_at <= stale:
            return None
        return f"no worker began the job within {stale.total_seconds():g} seconds; {NOTHING_LOST}"
    worker = Worker(row.worker_host or "", row.worker_pid or 0, row.worker_started or 0.0)
    if worker.known_dead():
        return (
            f"the worker process (pid {worker.pid}) ended without a word, "
            f"perhaps killed or out of memory; {NOTHING_LOST}"
        )
    silence = now - (row.heartbeat_at or row.created_at)
    if silence <= stale:
        return None
    return (
        f"the worker process (pid {worker.pid} on {worker.host}) has not been heard of "
        f"for {silence.total_seconds():.0f} seconds; {NOTHING_LOST}"
    )
