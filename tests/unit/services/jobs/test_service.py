from datetime import UTC, datetime, timedelta

import pytest

from samstudio.domain import Conflict, JobPoint, JobStatus, NotFound
from samstudio.records import JobConfig, JobResult
from samstudio.services.jobs import JobService
from samstudio.services.jobs.workers import Worker, this_worker


class Launches:
    """A runner that only remembers, or fails as told."""

    def __init__(self):
        self.ids = []
        self.error = None

    def launch(self, job_id):
        if self.error:
            raise self.error
        self.ids.append(job_id)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self):
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self):
        return self.now

    def forward(self, seconds):
        self.now += timedelta(seconds=seconds)


ELSEWHERE = Worker("another-host", 7, 1.0)


@pytest.fixture
def runner():
    return Launches()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def jobs(database, runner, clock):
    return JobService(database=database, runner=runner, stale_seconds=30, clock=clock)


def running(jobs, worker=None):
    job = jobs.start(JobConfig(seed=1))
    assert jobs.claim(job.id, worker)
    return job.id


def test_starting_queues_and_launches(jobs, runner):
    job = jobs.start(JobConfig(seed=1))
    assert (job.status, job.config, job.worker, job.progress) == (
        JobStatus.QUEUED,
        JobConfig(seed=1),
        None,
        0.0,
    )
    assert runner.ids == [job.id]
    assert jobs.get(job.id) == jobs.latest() == jobs.active() == job
    assert jobs.list() == [job]


def test_enqueueing_does_not_launch(jobs, runner):
    assert jobs.enqueue(JobConfig()).status is JobStatus.QUEUED
    assert runner.ids == []


def test_without_jobs(jobs):
    assert jobs.latest() is None
    assert jobs.active() is None
    assert jobs.list() == []
    assert jobs.recover() == []


def test_a_launch_that_fails_is_a_failed_job_with_the_reason(jobs, runner):
    runner.error = OSError("too many processes")
    job = jobs.start(JobConfig())
    assert job.status is JobStatus.FAILED
    assert job.reason == "the worker could not be started: too many processes; nothing was changed"
    runner.error = None
    assert jobs.start(JobConfig()).status is JobStatus.QUEUED


def test_one_job_at_a_time(jobs):
    first = jobs.start(JobConfig())
    with pytest.raises(Conflict, match=r"^job 1 is queued: wait until it ends, or cancel it first$"):
        jobs.start(JobConfig())
    jobs.claim(first.id)
    with pytest.raises(Conflict, match="job 1 is running"):
        jobs.start(JobConfig())
    jobs.finish(first.id, JobResult())
    assert jobs.start(JobConfig()).id == 2


def test_a_job_is_claimed_once(jobs, clock):
    job = jobs.start(JobConfig())
    clock.forward(3)
    assert jobs.claim(job.id)
    assert not jobs.claim(job.id)
    claimed = jobs.get(job.id)
    assert (claimed.status, claimed.worker) == (JobStatus.RUNNING, str(this_worker()))
    assert claimed.started_at == claimed.heartbeat_at == clock.now
    with pytest.raises(NotFound, match="there is no job 99"):
        jobs.claim(99)


def test_progress_and_curves(jobs, clock):
    job_id = running(jobs)
    clock.forward(2)
    point = JobPoint(4, 0.5, None, 1.5)
    assert (
        jobs.progress(job_id, phase="training", step=4, total_steps=10, seconds_left=8.0, point=point)
        is False
    )
    jobs.progress(job_id, phase="judging", step=5, total_steps=10, point=JobPoint(5, None, 0.7, 2.0))
    job = jobs.get(job_id)
    assert (job.phase, job.step, job.total_steps, job.progress) == ("judging", 5, 10, 0.5)
    assert job.seconds_left is None
    assert job.heartbeat_at == clock.now
    assert jobs.points(job_id) == [point, JobPoint(5, None, 0.7, 2.0)]


def test_finishing(jobs, clock):
    job_id = running(jobs)
    clock.forward(5)
    job = jobs.finish(job_id, JobResult(version=1), reason="better by 3 points")
    assert (job.status, job.result, job.reason) == (
        JobStatus.SUCCEEDED,
        JobResult(version=1),
        "better by 3 points",
    )
    assert job.finished_at == clock.now
    assert job.progress == 1.0
    assert jobs.active() is None
    with pytest.raises(Conflict, match=r"job 1 no longer runs \(succeeded\)"):
        jobs.finish(job_id, JobResult())


def test_failing_keeps_the_first_end(jobs):
    job_id = running(jobs)
    assert jobs.fail(job_id, "out of memory").reason == "out of memory"
    assert jobs.fail(job_id, "again").reason == "out of memory"
    assert jobs.mark_cancelled(job_id).status is JobStatus.FAILED


def test_a_queued_job_is_cancelled_at_once(jobs):
    job = jobs.cancel(jobs.start(JobConfig()).id)
    assert (job.status, job.reason) == (JobStatus.CANCELLED, "cancelled before it began")
    assert not jobs.claim(job.id)
    with pytest.raises(Conflict, match=r"job 1 has ended already \(cancelled\)"):
        jobs.cancel(job.id)


def test_a_running_job_is_asked_to_stop(jobs):
    job_id = running(jobs)
    assert jobs.heartbeat(job_id) is False
    asked = jobs.cancel(job_id)
    assert (asked.status, asked.cancel_requested) == (JobStatus.RUNNING, True)
    assert jobs.heartbeat(job_id) is True
    assert jobs.progress(job_id, phase="x", step=1, total_steps=2) is True
    assert jobs.cancel(job_id).cancel_requested
    assert jobs.mark_cancelled(job_id).status is JobStatus.CANCELLED
    assert jobs.start(JobConfig()).status is JobStatus.QUEUED


def test_unknown_jobs(jobs):
    for call in (
        jobs.get,
        jobs.cancel,
        jobs.heartbeat,
        lambda i: jobs.fail(i, ""),
        lambda i: jobs.finish(i, JobResult()),
    ):
        with pytest.raises(NotFound, match="there is no job 9"):
            call(9)
    assert jobs.points(9) == []


def test_a_queued_job_whose_worker_never_came_is_lost(jobs, clock):
    job = jobs.start(JobConfig())
    clock.forward(30)
    assert jobs.recover() == []
    clock.forward(1)
    (lost,) = jobs.recover()
    assert (lost.id, lost.status) == (job.id, JobStatus.FAILED)
    assert lost.reason.startswith(
        "no worker began the job within 30 seconds; nothing was changed; press Fine-tune"
    )
    assert not jobs.claim(job.id)
    assert jobs.recover() == []


def test_a_silent_worker_elsewhere_is_lost(jobs, clock):
    job_id = running(jobs, ELSEWHERE)
    clock.forward(29)
    jobs.heartbeat(job_id)
    clock.forward(29)
    assert jobs.recover() == []
    clock.forward(2)
    (lost,) = jobs.recover()
    assert lost.reason.startswith(
        "the worker process (pid 7 on another-host) has not been heard of for 31 seconds; nothing was changed"
    )


def test_a_worker_given_up_as_lost_is_told_to_stop(jobs, clock):
    job_id = running(jobs, ELSEWHERE)
    clock.forward(60)
    jobs.recover()
    assert jobs.heartbeat(job_id) is True
    assert jobs.progress(job_id, phase="x", step=1, total_steps=2, point=JobPoint(1, 1.0, None, 1.0)) is True
    assert jobs.points(job_id) == []
    with pytest.raises(Conflict, match=r"no longer runs \(failed\)"):
        jobs.finish(job_id, JobResult(version=1))


def test_a_worker_that_spoke_up_meanwhile_is_not_lost(jobs, clock, monkeypatch):
    """Between reading the row and failing the job, the worker's heartbeat came."""
    job_id = running(jobs, ELSEWHERE)
    clock.forward(60)
    end = jobs._end

    def late(*args, **options):
        jobs.heartbeat(job_id)
        return end(*args, **options)

    monkeypatch.setattr(jobs, "_end", late)
    assert jobs.recover() == []
    assert jobs.get(job_id).status is JobStatus.RUNNING


def test_a_dead_worker_here_is_lost_at_once(jobs):
    gone = Worker(this_worker().host, this_worker().pid, 12.0)  # this pid, but started long ago
    job_id = running(jobs, gone)
    (lost,) = jobs.recover()
    assert lost.id == job_id
    assert lost.reason == (
        f"the worker process (pid {gone.pid}) ended without a word, perhaps killed or out of memory; "
        "nothing was changed; press Fine-tune now to try again"
    )


def test_starting_recovers_first(jobs):
    running(jobs, Worker(this_worker().host, this_worker().pid, 12.0))
    assert jobs.start(JobConfig()).id == 2
    assert jobs.get(1).status is JobStatus.FAILED


def test_jobs_are_listed_newest_first(jobs):
    for _ in range(3):
        jobs.finish(running(jobs), JobResult())
    assert [j.id for j in jobs.list()] == [3, 2, 1]
    assert [j.id for j in jobs.list(limit=2)] == [3, 2]
    assert jobs.latest().id == 3
