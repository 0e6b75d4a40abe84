from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from samstudio.domain import Job, JobPoint, JobStatus, NewAnnotation
from samstudio.masks import encode_rle
from samstudio.web.encoding_queue import EncodingQueue
from samstudio.web.page.finetune import jobs
from samstudio.web.page.finetune import tab as finetune
from samstudio.web.page.gallery.tab import gallery_html
from samstudio.web.page.status import status_function
from samstudio.web.page.versions import tab as versions
from tests.unit.web.fakes import NOW, FakeProject, make_job


@pytest.fixture
def filled(project: FakeProject, png: Callable[..., bytes]) -> FakeProject:
    mask = np.ones((60, 80), dtype=bool)
    for seed in range(3):
        image = project.images.add(png(seed), filename=f"<b>{seed}.png").image
        if seed:
            project.annotations.add(NewAnnotation(image.id, "cup", encode_rle(mask)))
    return project


def test_an_empty_dataset_says_how_to_begin(project: FakeProject) -> None:
    assert "No images yet" in gallery_html()
    assert "No accepted masks yet" in finetune.readiness(project)


def test_readiness_counts_masks_and_images(filled: FakeProject, png: Callable[..., bytes]) -> None:
    assert finetune.readiness(filled).startswith("2 accepted masks on 2 images. 8 or more images")
    for seed in range(10, 16):
        image = filled.images.add(png(seed), filename="x.png").image
        filled.annotations.add(NewAnnotation(image.id, "cup", encode_rle(np.ones((60, 80), dtype=bool))))
    assert "enough" in finetune.readiness(filled)


def test_fine_tuning_an_empty_dataset_is_refused_in_words(project: FakeProject) -> None:
    text, kind = finetune._act(project, {"act": "start"}, {})
    assert text.startswith("There is nothing to learn from yet")
    assert kind == "bad"
    assert jobs.job_html(project) == ""


def test_a_job_runs_to_its_verdict_on_the_page(filled: FakeProject) -> None:
    assert finetune._act(filled, {"act": "start"}, {}) == ("", "good")
    assert "Fine-tuning…" in finetune.start_html(filled)
    assert "Cancel" in jobs.job_html(filled)
    deadline = time.monotonic() + 10
    while not filled.jobs.get(1).status.finished:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    page = jobs.job_html(filled)
    assert "v1 went live" in page
    assert "0.802" in page
    assert "stock 0.681" in page
    assert "Fine-tune now" in finetune.start_html(filled)
    assert "finished" in jobs.history_html(filled)


def _finished(**changes: Any) -> Job:
    return make_job(finished_at=NOW, **changes)


@pytest.mark.parametrize(
    ("job", "words"),
    [
        (_finished(status=JobStatus.FAILED, reason="killed"), ("The job failed", "bad")),
        (_finished(status=JobStatus.CANCELLED), ("Cancelled", "warn")),
        (
            _finished(status=JobStatus.SUCCEEDED, result={"version": 3, "promoted": False}),
            ("Nothing changed", "warn"),
        ),
        (
            _finished(status=JobStatus.SUCCEEDED, result={"version": None, "promoted": False}),
            ("Nothing changed", "warn"),
        ),
    ],
)
def test_each_outcome_has_its_words(job: Job, words: tuple[str, str], project: FakeProject) -> None:
    assert jobs.verdict_words(job) == words
    project.put_job(job)
    assert words[0] in jobs.job_html(project)
    assert job.reason in jobs.history_html(project)


def test_a_verdict_tells_the_work_saved_while_its_version_is_there(project: FakeProject) -> None:
    effort = {"objects": 8, "clicks90": {"base": 2.5, "candidate": 0.5}}
    everyday = {"canary": {"base": 0.99, "candidate": 0.83}}
    number = project.make_version(scores={"labour": effort, "protocols": everyday})
    project.put_job(_finished(status=JobStatus.SUCCEEDED, result={"version": number, "promoted": True}))
    assert "Clicks to reach IoU 0.90: 2.5 → <b>0.5</b>" in jobs.job_html(project)
    assert "Everyday objects: 0.99 → <b>0.83</b>" in jobs.job_html(project)
    project.versions.delete(number)
    assert "Clicks to reach" not in jobs.job_html(project)


def test_whether_everyday_objects_are_kept_is_remembered_from_the_last_job(filled: FakeProject) -> None:
    assert not finetune.keeps_everyday(filled)
    finetune._act(filled, {"act": "start"}, {"keep_everyday": True})
    assert finetune.keeps_everyday(filled)


def test_a_running_job_shows_phase_steps_and_time(project: FakeProject) -> None:
    job = make_job(phase="judging", step=3, total_steps=10, seconds_left=65.0)
    project.put_job(job, [JobPoint(1, 0.5, None, 1.0), JobPoint(2, 0.4, 0.7, 2.0)])
    page = jobs.job_html(project)
    assert "Judging" in page
    assert "3 of 10 · about 1 min 5 s left" in page
    assert "0.400" in page
    finetune._act(project, {"act": "cancel", "id": "1"}, {})
    assert "Stopping" in jobs.job_html(project)


def test_versions_can_be_promoted_and_rolled_back(project: FakeProject) -> None:
    for _ in range(2):
        project.make_version()
    assert versions._act(project, {"act": "rollback"})[1] == "bad"
    assert "Roll back" not in versions.versions_html(project)
    text, kind = versions._act(project, {"act": "promote", "number": "2"})
    assert (text, kind) == ("Version 2 is live now. New masks come from it.", "good")
    assert "Version 2 proposes the masks" in versions.versions_html(project)
    assert versions._act(project, {"act": "rollback"})[0] == "Rolled back: The stock decoder is live again."


def test_a_version_can_be_exported_imported_and_deleted(project: FakeProject, tmp_path: Path) -> None:
    (tmp_path / "<b>.pth").write_text("decoder")
    assert 'data-upload="versions"' in versions.versions_html(project)
    project.transfer.import_version(tmp_path / "<b>.pth")
    page = versions.versions_html(project)
    assert "imported from &lt;b&gt;.pth" in page
    assert "no gate has judged it" in page
    assert "kept aside" not in page
    for name in ("pth", "safetensors", "onnx"):
        assert f'href="api/v1/versions/1/file?format={name}" download' in page
        assert f'href="api/v1/versions/0/file?format={name}" download' in page
    assert page.count('data-act="delete"') == 1
    delete = {"act": "delete", "number": "1"}
    assert versions._act(project, delete) == (
        "Version 1 was deleted. Its number is not given again.",
        "good",
    )
    assert versions._act(project, delete)[1] == "bad"


def test_the_live_version_and_stock_offer_no_delete(project: FakeProject, tmp_path: Path) -> None:
    (tmp_path / "a.pth").write_text("decoder")
    project.transfer.import_version(tmp_path / "a.pth")
    project.versions.promote(1)
    assert 'data-act="delete"' not in versions.versions_html(project)
    assert versions._act(project, {"act": "delete", "number": "1"})[1] == "bad"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"number": 3}, ("Imported as version 3. It is not live: make it live when you like.", "good")),
        ({"error": "a.pth holds no mask decoder"}, ("a.pth holds no mask decoder", "bad")),
        ({}, ("The file could not be imported.", "bad")),
    ],
)
def test_an_upload_s_outcome_is_said(
    project: FakeProject, answer: dict[str, Any], words: tuple[str, str]
) -> None:
    assert versions._act(project, {"act": "uploaded", **answer}) == words


def test_the_header_tells_what_changed(filled: FakeProject) -> None:
    status = status_function(project=filled, encoding_queue=EncodingQueue(filled))
    before = status({})
    assert before["live"]["name"] == "stock"
    assert before["job"] is None
    assert before["preparing"]["model"] == "loading"
    filled.put_job(make_job(step=1, total_steps=4, seconds_left=30.0, created_at=datetime.now(UTC)))
    filled.make_version(promote=True)
    filled.annotations.delete(1)
    after = status({})
    assert after["job"] == {"id": 1, "text": "Fine-tuning, 30 s left", "progress": 0.25}
    assert after["live"]["name"] == "v1"
    assert all(before["stamps"][topic] != after["stamps"][topic] for topic in ("live", "job", "dataset"))


def test_the_dataset_s_stamp_moves_when_only_a_mask_or_a_category_changed(filled: FakeProject) -> None:
    status = status_function(project=filled, encoding_queue=EncodingQueue(filled))
    before = status({})["stamps"]["dataset"]
    filled.annotations.update(1, revision=1, category="another")
    after = status({})["stamps"]["dataset"]
    assert before != after
    assert status({})["stamps"]["dataset"] == after
