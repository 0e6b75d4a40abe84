"""Jobs between real processes: who wins a claim, and what becomes of a killed worker."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from samstudio.db.engine import open_database
from samstudio.db.tables import JobRow
from samstudio.domain import JobStatus
from samstudio.records import JobConfig
from samstudio.services.jobs import JobService


class Workers:
    """A runner that starts a small Python program as the worker."""

    def __init__(self, url, code):
        self._program = textwrap.dedent(f"""
            import sys, time
            from samstudio.db.engine import open_database
            from samstudio.records import JobResult
            from samstudio.services.jobs import JobService
            jobs = JobService(database=open_database({url!r}), runner=None, stale_seconds=60)
            job_id = int(sys.argv[1])
        """) + textwrap.dedent(code)
        self.processes = []

    def launch(self, job_id):
        self.processes.append(
            subprocess.Popen(
                [sys.executable, "-c", self._program, str(job_id)], stdout=subprocess.PIPE, text=True
            )
        )

    def outputs(self):
        return [process.communicate(timeout=60)[0].strip() for process in self.processes]


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'studio.db'}"


@pytest.fixture
def database(url):
    opened = open_database(url)
    yield opened
    opened.close()


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def test_one_of_many_processes_wins_the_claim(url, database):
    workers = Workers(
        url,
        """
        while time.time() < START: time.sleep(0.001)
        print(sum(jobs.claim(n) for n in range(1, 9)))
        """.replace("START", repr(time.time() + 4)),
    )
    jobs = JobService(database=database, runner=workers, stale_seconds=60)
    for _ in range(8):  # one is active at a time, so the others are made by hand
        job = jobs.enqueue(JobConfig())
        with database.write() as session:
            session.get_one(JobRow, job.id).slot = None
    for _ in range(3):
        workers.launch(0)
    won = [int(output) for output in workers.outputs()]
    assert sum(won) == 8
    assert {jobs.get(n).status for n in range(1, 9)} == {JobStatus.RUNNING}


def test_a_killed_worker_leaves_a_failed_job_and_the_next_one_works(url, database):
    workers = Workers(
        url,
        """
        jobs.claim(job_id)
        step = 0
        while step < 3 or job_id == 1:
            step += 1
            jobs.progress(job_id, phase="training", step=step, total_steps=1000)
            time.sleep(0.02)
        jobs.finish(job_id, JobResult(), reason="done")
        """,
    )
    jobs = JobService(database=database, runner=workers, stale_seconds=60)
    job = jobs.start(JobConfig(seed=0))
    wait_for(lambda: jobs.get(job.id).step > 2)
    assert jobs.recover() == []
    os.kill(workers.processes[0].pid, signal.SIGKILL)
    wait_for(lambda: jobs.get(job.id).status is JobStatus.FAILED or jobs.recover())
    lost = jobs.get(job.id)
    assert lost.status is JobStatus.FAILED
    assert f"(pid {workers.processes[0].pid}) ended without a word" in lost.reason
    assert lost.step > 2

    again = jobs.start(JobConfig(seed=0))
    wait_for(lambda: jobs.get(again.id).status.finished)
    assert jobs.get(again.id).reason == "done"
    workers.outputs()


def test_the_app_may_restart_while_a_job_runs(url, database):
    workers = Workers(
        url,
        """
        jobs.claim(job_id)
        step = 0
        while not jobs.progress(job_id, phase="training", step=step, total_steps=1000):
            step += 1
            time.sleep(0.02)
        jobs.mark_cancelled(job_id, "stopped")
        """,
    )
    JobService(database=database, runner=workers, stale_seconds=60).start(JobConfig())
    restarted = open_database(url)
    jobs = JobService(database=restarted, runner=workers, stale_seconds=60)
    wait_for(lambda: jobs.get(1).step > 0)
    assert jobs.recover() == []
    jobs.cancel(1)
    wait_for(lambda: jobs.get(1).status.finished)
    assert (jobs.get(1).status, jobs.get(1).reason) == (JobStatus.CANCELLED, "stopped")
    restarted.close()
    workers.outputs()


def test_two_apps_cannot_both_start_a_job(url, database):
    """The unique slot decides, whichever process asks."""
    program = f"""
        import time
        from samstudio.db.engine import open_database
        from samstudio.domain import Conflict
        from samstudio.records import JobConfig
        from samstudio.services.jobs import JobService
        class Nothing:
            def launch(self, job_id): pass
        jobs = JobService(database=open_database({url!r}), runner=Nothing(), stale_seconds=60)
        while time.time() < {time.time() + 4}: time.sleep(0.001)
        try:
            print(jobs.start(JobConfig()).id)
        except Conflict as error:
            print(error)
    """
    processes = [
        subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = sorted(process.communicate(timeout=60)[0].strip() for process in processes)
    assert said == ["1"] + ["job 1 is queued: wait until it ends, or cancel it first"] * 2
