from dataclasses import FrozenInstanceError
from datetime import UTC, datetime

import numpy as np
import pytest

from samstudio import domain
from samstudio.domain import (
    Conflict,
    DecoderVersion,
    Embedding,
    Image,
    InvalidInput,
    Job,
    JobStatus,
    NotFound,
    Prompt,
    StudioError,
    Unavailable,
)
from samstudio.records import JobConfig

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def job(status, step=0, total_steps=0):
    return Job(
        1, status, JobConfig(), NOW, None, None, None, "", step, total_steps, None, False, "", None, None
    )


@pytest.mark.parametrize(
    ("status", "finished"),
    [("queued", False), ("running", False), ("succeeded", True), ("failed", True), ("cancelled", True)],
)
def test_which_jobs_are_finished(status, finished):
    assert JobStatus(status).finished is finished


@pytest.mark.parametrize(
    ("made", "progress"),
    [
        (job(JobStatus.QUEUED), 0.0),
        (job(JobStatus.RUNNING, 3, 4), 0.75),
        (job(JobStatus.RUNNING, 9, 4), 1.0),
        (job(JobStatus.SUCCEEDED, 1, 4), 1.0),
        (job(JobStatus.FAILED, 1, 4), 0.25),
    ],
)
def test_progress_is_a_fraction(made, progress):
    assert made.progress == progress


@pytest.mark.parametrize("kind", [InvalidInput, NotFound, Conflict, Unavailable])
def test_an_errors_text_is_what_a_person_sees(kind):
    assert str(kind("Draw a box first.")) == "Draw a box first."
    assert issubclass(kind, StudioError)


def test_sizes_are_height_and_width():
    assert Image("id", "a.png", 36, 24, "PNG", NOW).size == (24, 36)


def test_an_embedding_knows_its_memory():
    assert Embedding(np.zeros((256, 64, 64), np.float16), (24, 36), (683, 1024)).nbytes == 2 * 2**20


def test_a_prompt_is_logged_without_its_logits():
    prompt = Prompt((1, 2, 3, 4), ((5, 6),), (1,), np.zeros((1, 256, 256), np.float32))
    assert prompt.to_json() == {
        "box": [1, 2, 3, 4],
        "point_coords": [[5, 6]],
        "point_labels": [1],
        "has_mask_input": True,
    }
    assert Prompt().to_json()["box"] is None


def test_values_do_not_change():
    version = DecoderVersion(0, "vit_t", None, None, None, None, NOW, True, "")
    with pytest.raises(FrozenInstanceError):
        version.number = 1
    assert version.scores.to_json() == version.config.to_json() == {}


def test_the_domain_is_light():
    """Only numpy; the import-linter contract says the same of the layers."""
    assert not {"torch", "sqlalchemy", "gradio"} & set(vars(domain))
