"""Tuning jobs as rows: started, claimed by one worker, watched, cancelled, recovered when lost.

All that is known of a job is here, so the app may restart while one runs. What
a job does is `samstudio.services.tuning.service`'s responsibility; where it runs, a runner's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from samstudio.db.engine import Database
from samstudio.db.tables import JobPointRow, JobRow
from samstudio.db.types import utc_now
from samstudio.domain import Conflict, Job, JobPoint, JobStatus
from samstudio.records import JobConfig, JobResult
from samstudio.services.jobs.rows import get_or_raise, lost_because, to_job
from samstudio.services.jobs.workers import Worker, this_worker

ACTIVE = (JobStatus.QUEUED, JobStatus.RUNNING)


class Runner(Protocol):
    """A place where jobs run."""

    def launch(self, job_id: int) -> None:
        """Have a worker claim and run the job, soon and in another process; return at once.

        An exception from here becomes the job's reason for having failed.
        """


class JobService:
    """The tuning jobs: one is queued or running at a time; the finished ones are kept for ever."""

    def __init__(
        self,
        *,
        database: Database,
        runner: Runner,
        stale_seconds: float,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Keep the jobs in ``database``.

        Args:
            database: Where the rows are.
            runner: Launches the worker of each job that `start` queues.
            stale_seconds: After so long without a heartbeat a worker counts as lost, and a queued job
                as one whose worker never started.
            clock: Returns the present time, timezone-aware.
        """
        self._database = database
        self._runner = runner
        self._stale = timedelta(seconds=stale_seconds)
        self._clock = clock

    def start(self, config: JobConfig) -> Job:
        """Queue a job and launch its worker.

        A runner that cannot launch leaves the job failed, with the reason, and
        that job is returned.

        Raises:
            Conflict: Another job is active.
        """
        job = self.enqueue(config)
        try:
            self._runner.launch(job.id)
        except Exception as error:
            return self.fail(job.id, f"the worker could not be started: {error}; nothing was changed")
        return self.get(job.id)

    def enqueue(self, config: JobConfig) -> Job:
        """Queue a job for whoever claims it; lost jobs are recovered first.

        Raises:
            Conflict: Another job is active.
        """
        self.recover()
        row = JobRow(slot=1, status=JobStatus.QUEUED, config=config.to_json(), created_at=self._clock())
        try:
            with self._database.write() as session:
                session.add(row)
                session.flush()
                return to_job(row)
        except IntegrityError as error:
            active = self.active()
            name = f"job {active.id} is {active.status}" if active else "another job is active"
            raise Conflict(f"{name}: wait until it ends, or cancel it first") from error

    def get(self, job_id: int) -> Job:
        """Return the job with that id.

        Raises:
            NotFound: There is none.
        """
        with self._database.read() as session:
            return to_job(get_or_raise(session, job_id))

    def latest(self) -> Job | None:
        """Return the job started last; None when there is none."""
        return next(iter(self.list(limit=1)), None)

    def active(self) -> Job | None:
        """Return the job that is queued or running; None when there is none."""
        with self._database.read() as session:
            row = session.scalar(select(JobRow).where(JobRow.slot == 1))
            return to_job(row) if row else None

    def claim(self, job_id: int, worker: Worker | None = None) -> bool:
        """Take a queued job for a worker (by default this process); True for exactly one caller.

        Raises:
            NotFound: There is no such job.
        """
        who = worker or this_worker()
        now = self._clock()
        return self._update(
            job_id,
            (JobStatus.QUEUED,),
            status=JobStatus.RUNNING,
            started_at=now,
            heartbeat_at=now,
            phase="starting",
            worker_host=who.host,
            worker_pid=who.pid,
            worker_started=who.started,
        )

    def heartbeat(self, job_id: int) -> bool:
        """Record that the worker is alive; return whether it should stop.

        It should when someone asked to cancel, and when the job is no longer
        running at all, because it was given up as lost.

        Raises:
            NotFound: There is no such job.
        """
        if not self._update(job_id, (JobStatus.RUNNING,), heartbeat_at=self._clock()):
            return True
        return self.get(job_id).cancel_requested

    def progress(
        self,
        job_id: int,
        *,
        phase: str,
        step: int,
        total_steps: int,
        seconds_left: float | None = None,
        point: JobPoint | None = None,
    ) -> bool:
        """Record how far the job is; return whether the worker should stop, as `heartbeat` does.

        Args:
            job_id: The job.
            phase: What it does now, in words for people.
            step: Steps of this phase that are done.
            total_steps: Steps that this phase has.
            seconds_left: How long the rest will take; None where that is not known.
            point: A point to add to the job's curves.

        Raises:
            NotFound: There is no such job.
        """
        with self._database.write() as session:
            row = get_or_raise(session, job_id)
            if row.status != JobStatus.RUNNING:
                return True
            row.phase, row.step, row.total_steps, row.seconds_left = phase, step, total_steps, seconds_left
            row.heartbeat_at = self._clock()
            if point is not None:
                session.add(
                    JobPointRow(
                        job_id=job_id,
                        step=point.step,
                        loss=point.loss,
                        val_miou=point.val_miou,
                        seconds=point.seconds,
                    )
                )
            return row.cancel_requested

    def points(self, job_id: int) -> list[JobPoint]:
        """List the points of a job's curves, in the order they were written."""
        query = select(JobPointRow).where(JobPointRow.job_id == job_id).order_by(JobPointRow.id)
        with self._database.read() as session:
            return [JobPoint(row.step, row.loss, row.val_miou, row.seconds) for row in session.scalars(query)]

    def cancel(self, job_id: int) -> Job:
        """Cancel a queued job at once; ask a running one to stop, which it does after its present step.

        Raises:
            NotFound: There is no such job.
            Conflict: It has ended already.
        """
        self.recover()
        if self._end(job_id, (JobStatus.QUEUED,), JobStatus.CANCELLED, "cancelled before it began"):
            return self.get(job_id)
        if self._update(job_id, (JobStatus.RUNNING,), cancel_requested=True):
            return self.get(job_id)
        raise Conflict(f"job {job_id} has ended already ({self.get(job_id).status})")

    def finish(self, job_id: int, result: JobResult, *, reason: str = "") -> Job:
        """End a running job as succeeded.

        Raises:
            NotFound: There is no such job.
            Conflict: It no longer runs, because it was given up as lost.
        """
        if not self._end(job_id, (JobStatus.RUNNING,), JobStatus.SUCCEEDED, reason, result=result.to_json()):
            raise Conflict(f"job {job_id} no longer runs ({self.get(job_id).status})")
        return self.get(job_id)

    def fail(self, job_id: int, reason: str) -> Job:
        """End a job as failed, with the reason; one that has ended already is left as it is.

        Raises:
            NotFound: There is no such job.
        """
        self._end(job_id, ACTIVE, JobStatus.FAILED, reason)
        return self.get(job_id)

    def mark_cancelled(self, job_id: int, reason: str = "cancelled") -> Job:
        """End a job as cancelled on request; one that has ended already is left as it is.

        Raises:
            NotFound: There is no such job.
        """
        self._end(job_id, ACTIVE, JobStatus.CANCELLED, reason)
        return self.get(job_id)

    def recover(self) -> list[Job]:
        """Fail the jobs that nobody works on any more; return them.

        Cheap when there is none: one query. The app calls it when it starts and
        whenever it looks at the jobs.
        """
        with self._database.read() as session:
            rows = list(session.scalars(select(JobRow).where(JobRow.slot == 1)))
        lost = [
            (row, reason)
            for row in rows
            if (reason := lost_because(row, now=self._clock(), stale=self._stale))
        ]
        return [
            self.get(row.id)
            for row, reason in lost
            if self._end(row.id, (JobStatus(row.status),), JobStatus.FAILED, reason, seen=row.heartbeat_at)
        ]

    def _end(
        self,
        job_id: int,
        when: tuple[JobStatus, ...],
        status: JobStatus,
        reason: str,
        *,
        result: dict[str, Any] | None = None,
        seen: datetime | None = None,
    ) -> bool:
        return self._update(
            job_id,
            when,
            seen=seen,
            slot=None,
            status=status,
            reason=reason,
            result=result,
            finished_at=self._clock(),
            seconds_left=None,
        )

    def _update(
        self, job_id: int, when: tuple[JobStatus, ...], *, seen: datetime | None = None, **values: Any
    ) -> bool:
        """Run one atomic UPDATE, if the job's status still is one of ``when`` (and its heartbeat ``seen``).

        Returns:
            Whether it happened.

        Raises:
            NotFound: There is no such job.
        """
        condition = (JobRow.id == job_id) & JobRow.status.in_(when)
        if seen is not None:
            condition &= JobRow.heartbeat_at == seen
        with self._database.write() as session:
            get_or_raise(session, job_id)
            statement = update(JobRow).where(condition).values(**values)
            changed = session.execute(
                statement.returning(JobRow.id).execution_options(synchronize_session=False)
            )
            return changed.first() is not None

    # Last, because within the class its name hides the builtin type of the annotations above.
    def list(self, limit: int | None = None) -> list[Job]:
        """List jobs, newest first."""
        with self._database.read() as session:
            rows = session.scalars(select(JobRow).order_by(JobRow.id.desc()).limit(limit))
            return [to_job(row) for row in rows]
