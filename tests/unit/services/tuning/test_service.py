"""A job's version says what it could learn from, which is what was drawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from samstudio.masks import encode_rle
from samstudio.records import Drawn, ObjectIou
from samstudio.services.annotations import AnnotationService
from samstudio.services.image_queries import ImageQuery
from samstudio.services.images import ImageService
from samstudio.services.tuning import TuningService, learning_set
from samstudio.services.versions.evaluations import StoredEvaluation
from samstudio.tuning.gate import Verdict
from samstudio.tuning.outcome import JudgedObject, TuneOutcome
from samstudio.tuning.protocols import DECIDES
from tests.unit.services.tuning.test_learning_set import SIZE, SlowEncoder, fill
from tests.unit.web.fakes import FakeProject, open_fake


@pytest.fixture
def project(tmp_path: Path) -> FakeProject:
    return open_fake(tmp_path / "storage")


@pytest.fixture
def tuning(project: FakeProject, monkeypatch: pytest.MonkeyPatch) -> Callable[..., TuningService]:
    """A service whose tuning does nothing."""

    def tune(*_given: Any) -> TuneOutcome:
        verdict = Verdict(False, "no-gain", {})
        return TuneOutcome({"w": torch.zeros(1)}, verdict, None, None, None, 0, 0, 1.0)

    monkeypatch.setattr(TuningService, "_tune", tune)
    monkeypatch.setattr("samstudio.services.tuning.service.reason", lambda *_: "told")

    def make(encoder: SlowEncoder) -> TuningService:
        return TuningService(
            jobs=project.jobs,
            images=project.images,
            annotations=project.annotations,
            versions=project.versions,
            model=lambda: SimpleNamespace(name="vit_t"),  # type: ignore[arg-type,return-value]
            embeddings=lambda: encoder,  # type: ignore[arg-type,return-value]
            default_max_seconds=100,
        )

    return make


def test_a_version_learned_from_what_was_drawn(
    project: FakeProject, tuning: Callable[..., TuningService], monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = fill(project.images, project.annotations, 4, each=2)
    monkeypatch.setattr(learning_set, "draw_objects", lambda objects, *_args, **_given: objects[:3])
    service = tuning(SlowEncoder(*ids))
    job = service.run(service.start().id)
    assert job.result is not None, job.reason
    version = project.versions.get(job.result.version or 0)
    assert version.annotation_ids == (1, 2, 3)
    assert version.dataset_digest == project.annotations.digest([1, 2, 3])
    assert version.config.drawn == Drawn(objects=3, of_objects=8, images=2, of_images=4)


def test_a_version_of_a_small_set_says_nothing_of_a_draw(
    project: FakeProject, tuning: Callable[..., TuningService]
) -> None:
    ids = fill(project.images, project.annotations, 4, each=2)
    service = tuning(SlowEncoder(*ids))
    job = service.run(service.start().id)
    assert job.result is not None, job.reason
    version = project.versions.get(job.result.version or 0)
    assert version.annotation_ids == tuple(range(1, 9))
    assert version.config.drawn is None


def test_starting_a_job_only_counts(
    project: FakeProject, tuning: Callable[..., TuningService], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(project.images, project.annotations, 2)
    for name in ("accepted_objects", "examples", "list"):
        monkeypatch.delattr(AnnotationService, name)
    for name in ("list", "pixels"):
        monkeypatch.setattr(ImageService, name, None)
    assert tuning(SlowEncoder()).start().id == 1


def test_what_live_got_on_objects_it_had_not_seen_counts_until_they_change(
    project: FakeProject, tuning: Callable[..., TuningService]
) -> None:
    (image_id, _) = fill(project.images, project.annotations, 2)
    number = project.make_version()
    judged = (ObjectIou(1, image_id, 0.75), ObjectIou(2, image_id, 0.5))
    project.versions.record_evaluations(
        [
            StoredEvaluation(DECIDES, 0.625, 2, version=number, role="candidate", objects=judged),
            StoredEvaluation(DECIDES, 0.9, 1, version=number, role="live", objects=judged[:1]),
        ]
    )
    service = tuning(SlowEncoder())
    live = project.versions.get(number)
    assert service._live_held_out(live) == {1: 0.75, 2: 0.5}
    project.annotations.update(2, rle=encode_rle(np.ones(SIZE, bool)), revision=1)
    assert service._live_held_out(live) == {1: 0.75}


def test_images_are_found_by_what_the_job_judged(
    project: FakeProject, tuning: Callable[..., TuningService], monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = fill(project.images, project.annotations, 2)
    judged = tuple(
        JudgedObject(one, n, 0.5, live, 0.9) for n, one, live in ((1, ids[0], 0.6), (2, ids[1], 0.4))
    )
    outcome = TuneOutcome(
        {"w": torch.zeros(1)}, Verdict(False, "no-gain", {}), 0.5, 0.5, 0.9, 2, 2, 1.0, objects=judged
    )
    monkeypatch.setattr(TuningService, "_tune", lambda *_: outcome)
    service = tuning(SlowEncoder(*ids))
    assert service.run(service.start().id).status == "succeeded"
    assert project.image_queries.ids(ImageQuery(sort="held_out", held_out_from=0.1)) == [ids[1], ids[0]]
