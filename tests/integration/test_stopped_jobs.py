"""Jobs that end before they are done: real workers, killed and cancelled; nothing else is lost."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from samstudio.config import Settings
from samstudio.domain import Job, JobStatus
from samstudio.project import Project, open_project
from tests.integration.commands import run_json
from tests.synthetic import write_folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_folder(folder / "train", count=6)
    return folder


def test_a_killed_worker_fails_its_job_and_nothing_else(data: Path, tmp_path: Path) -> None:
    app = open_project(Settings(storage=tmp_path / "storage"))
    folders = ("--images", data / "train" / "images", "--masks", data / "train" / "masks")
    report = run_json(tmp_path / "storage", "import", *folders, "--status", "accepted")
    assert (report["images"], report["annotations"], report["skipped"]) == (6, 12, [])
    before = [a.rle for a in app.annotations.list()]
    job = app.tuning.start(max_seconds=60)
    job = _wait(app, job, lambda j: j.status is JobStatus.RUNNING and j.step > 0)
    assert job.worker is not None
    pid = int(job.worker.split(":")[1])
    os.kill(pid, signal.SIGKILL)
    job = _wait(app, job, lambda j: j.status.finished, seconds=15)
    assert job.status is JobStatus.FAILED
    assert str(pid) in job.reason
    assert not psutil.pid_exists(pid)
    assert [a.rle for a in app.annotations.list()] == before
    assert app.versions.live().number == 0
    result = run_json(tmp_path / "storage", "tune", "--max-seconds", 8, timeout=90)
    assert app.jobs.get(job.id + 1).status is JobStatus.SUCCEEDED
    assert set(result) == {
        *("job", "version", "promoted", "reason", "base_miou", "live_miou", "candidate_miou"),
        *("n_train", "n_val", "seconds", "strength", "code"),
    }
    assert result["version"] == 1


def test_a_cancelled_job_stops_soon_and_changes_nothing(data: Path, tmp_path: Path) -> None:
    app = open_project(Settings(storage=tmp_path / "storage"))
    app.datasets.import_folder(data / "train" / "images", masks=data / "train" / "masks")
    job = _wait(app, app.tuning.start(max_seconds=60), lambda j: j.step > 0)
    app.jobs.cancel(job.id)
    job = _wait(app, job, lambda j: j.status.finished, seconds=15)
    assert job.status is JobStatus.CANCELLED
    assert app.versions.live().number == 0


def _wait(app: Project, job: Job, ready, *, seconds: float = 60) -> Job:  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + seconds
    while not ready(job):
        assert time.monotonic() < deadline, f"still {job.status} at step {job.step}: {job.reason}"
        time.sleep(0.05)
        job = app.jobs.get(job.id)
    return job
