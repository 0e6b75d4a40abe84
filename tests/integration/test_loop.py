"""The whole loop on the command line: real weights, a real database, real worker processes."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from samstudio.config import Settings
from samstudio.domain import Job, JobStatus, Prompt
from samstudio.project import Project, open_project
from tests.integration.commands import fails, run_json
from tests.synthetic import write_folder

pytestmark = pytest.mark.alone

TUNE_SECONDS = 60


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_folder(folder / "train", count=6)
    write_folder(folder / "held-out", count=3, first_seed=100)
    return folder


@pytest.fixture(scope="module")
def tuned(data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    """A storage folder in which one job has run, and what ``tune --json`` said."""
    storage = tmp_path_factory.mktemp("tuned") / "storage"
    train = data / "train"
    report = run_json(
        storage, "import", "--images", train / "images", "--masks", train / "masks", "--status", "accepted"
    )
    assert (report["images"], report["annotations"], report["skipped"]) == (6, 12, [])
    return storage, run_json(storage, "tune", "--max-seconds", TUNE_SECONDS)


def test_tune_promotes_what_is_better(tuned: tuple[Path, dict[str, object]]) -> None:
    _, result = tuned
    assert set(result) == {
        *("job", "version", "promoted", "reason", "base_miou", "live_miou", "candidate_miou"),
        *("n_train", "n_val", "seconds", "code"),
    }
    assert result["promoted"] is True, result["reason"]
    assert (result["version"], result["code"]) == (1, "promoted")
    assert result["candidate_miou"] > result["base_miou"] + 0.05  # type: ignore[operator]


def test_the_gain_holds_on_images_nobody_trained_on(
    tuned: tuple[Path, dict[str, object]], data: Path
) -> None:
    storage, _ = tuned
    folders = ("--images", data / "held-out" / "images", "--masks", data / "held-out" / "masks")
    stock = run_json(storage, "evaluate", *folders, "--version", 0)
    live = run_json(storage, "evaluate", *folders, "--protocols", "all")
    assert (stock["version"], live["version"], live["n_objects"]) == (0, 1, 6)
    assert live["miou"] > stock["miou"] + 0.05
    assert live["protocols"]["box"] == live["miou"]
    assert list(stock["protocols"]) == ["box"], "the others take ten times as long"
    assert list(live["protocols"]) == ["box", "jitter", "click", "clicks3"]


def test_predict_writes_the_mask_of_the_version_asked_for(
    tuned: tuple[Path, dict[str, object]], data: Path, tmp_path: Path
) -> None:
    storage, _ = tuned
    image = data / "held-out" / "images" / "picture_00.png"
    answers = {}
    for version in ("live", "0"):
        out = tmp_path / f"{version}.png"
        answers[version] = run_json(
            storage, "predict", image, "--box", "30,30,90,90", "--version", version, "--out", out
        )
        mask = np.asarray(Image.open(out))
        assert mask.shape == (256, 256)
        assert set(np.unique(mask)) <= {0, 255}
        assert np.count_nonzero(mask) == answers[version]["area"]
    assert (answers["live"]["version"], answers["0"]["version"]) == (1, 0)


def test_another_process_serves_the_promoted_version_at_its_next_request(
    tuned: tuple[Path, dict[str, object]], data: Path
) -> None:
    storage, _ = tuned
    app = open_project(Settings(storage=storage))
    image = app.images.add((data / "held-out/images/picture_01.png").read_bytes(), filename="p.png").image
    prompt = Prompt(box=(30.0, 30.0, 90.0, 90.0))
    tuned_mask = app.predictions.predict(image.id, prompt)
    assert tuned_mask.version == 1
    assert run_json(storage, "rollback")["live"] == 0
    assert app.predictions.predict(image.id, prompt).version == 0
    assert run_json(storage, "promote", 1)["live"] == 1
    again = app.predictions.predict(image.id, prompt)
    assert again.version == 1
    np.testing.assert_array_equal(again.low_res_logits, tuned_mask.low_res_logits)


def test_a_killed_worker_fails_its_job_and_nothing_else(data: Path, tmp_path: Path) -> None:
    app = open_project(Settings(storage=tmp_path / "storage"))
    app.datasets.import_folder(data / "train" / "images", masks=data / "train" / "masks")
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
    following = _wait(app, app.tuning.start(max_seconds=8), lambda j: j.status.finished, seconds=90)
    assert following.status is JobStatus.SUCCEEDED, following.reason


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


class TestBadInput:
    """Each mistake is one sentence that names its input, and leaves nothing behind."""

    def test_tune_on_an_empty_dataset(self, tmp_path: Path) -> None:
        assert "nothing to learn from" in fails(tmp_path / "s", "tune")

    def test_boxes(self, data: Path, tmp_path: Path) -> None:
        image = data / "train/images/picture_00.png"
        out = tmp_path / "mask.png"
        for box, word in {
            "300,300,400,400": "outside",
            "50,50,50,90": "no area",
            "1,2,3": "X0,Y0,X1,Y1",
            "nan,1,2,3": "four numbers",
        }.items():
            assert word in fails(tmp_path / "s", "predict", image, "--box", box, "--out", out)
        assert not out.exists()

    def test_predict_without_a_prompt(self, data: Path, tmp_path: Path) -> None:
        image = data / "train/images/picture_00.png"
        assert "--box" in fails(tmp_path / "s", "predict", image, "--out", tmp_path / "m.png")

    def test_files_that_are_not_images(self, tmp_path: Path) -> None:
        folder = tmp_path / "bad"
        folder.mkdir()
        (folder / "notes.png").write_text("not a picture at all")
        message = fails(tmp_path / "s", "import", "--images", folder)
        assert "notes.png" in message
        assert "notes.png" in fails(
            tmp_path / "s", "predict", folder / "notes.png", "--box", "1,1,5,5", "--out", tmp_path / "m.png"
        )
        assert run_json(tmp_path / "s", "versions")["live"] == 0

    def test_unknown_versions(self, tmp_path: Path) -> None:
        assert "7" in fails(tmp_path / "s", "promote", 7)
        assert "stock" in fails(tmp_path / "s", "rollback").lower()

    def test_missing_folders(self, tmp_path: Path) -> None:
        assert "nowhere" in fails(tmp_path / "s", "import", "--images", tmp_path / "nowhere")

    def test_storage_that_cannot_be_used(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        assert "file" in fails(tmp_path / "file", "versions")
        (tmp_path / "studio.db").write_text("not a database at all, for sure")
        assert "studio.db" in fails(tmp_path, "versions")
