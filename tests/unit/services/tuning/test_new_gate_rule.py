"""A gate rule is one object: once it is registered, its code and its sentence are everywhere."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image as Picture
from starlette.applications import Starlette
from starlette.testclient import TestClient

from samstudio.domain import Embedding, Job, NewAnnotation
from samstudio.masks import encode_rle
from samstudio.services.tuning import TuningService
from samstudio.services.tuning import service as tuning_service
from samstudio.services.tuning.canary import CanarySet
from samstudio.tuning import recipe
from samstudio.tuning.gate import RULES, GateRule
from samstudio.tuning.recipe import Recipe
from samstudio.web.api.app import api_routes
from samstudio.web.encoding_queue import EncodingQueue
from samstudio.web.page.finetune.jobs import job_html
from samstudio.web.page.versions.tab import versions_html
from tests.unit.sam.stock import random_decoder
from tests.unit.tuning.fakes import Embeddings, disc
from tests.unit.web.fakes import FakeProject, open_fake

FULL_MOON = GateRule(
    "full-moon",
    lambda evidence: {"images": len(set(evidence.images))},
    lambda params: f"Kept aside: the moon is full over {params['images']} images.",
)
SENTENCE = "Kept aside: the moon is full over 3 images."


def _png(seed: int) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 255, (60, 80, 3), dtype=np.uint8)
    out = io.BytesIO()
    Picture.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


class Store:
    """Embeddings of noise, as if every image had been encoded."""

    def __init__(self) -> None:
        self._embeddings = Embeddings((60, 80))

    def has(self, _image_id: str) -> bool:
        return True

    def get(self, image_id: str, _pixels: Callable[[], Any]) -> Embedding:
        return self._embeddings(image_id)


@pytest.fixture
def alone() -> Iterator[None]:
    """Only the new rule is registered, so that no other can refuse first."""
    known = list(RULES)
    for rule in known:
        RULES.remove(rule.name)
    with RULES.added(FULL_MOON):
        yield
    for rule in known:
        RULES.add(rule)


@pytest.fixture
def project(tmp_path: Path) -> FakeProject:
    project = open_fake(tmp_path / "storage", docs_url="https://docs.example/studio/")
    for seed in range(3):
        image = project.images.add(_png(seed), filename=f"{seed}.png").image
        rle = encode_rle(disc((60, 80), x=30, y=30, radius=9 + seed))
        project.annotations.add(NewAnnotation(image.id, "thing", rle))
    return project


@pytest.fixture
def job(project: FakeProject, alone: None, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A whole job on random weights, two steps long."""
    few = Recipe(steps=2, batch=1, strengths=(1.0,), guarded_objects=1, effort_objects=1)
    monkeypatch.setattr(recipe, "Recipe", lambda **given: replace(few, **given))
    monkeypatch.setattr(tuning_service, "canary_set", lambda: CanarySet((), {}))
    tuning = TuningService(
        jobs=project.jobs,
        images=project.images,
        annotations=project.annotations,
        versions=project.versions,
        model=lambda: SimpleNamespace(name="vit_t", stock=random_decoder()),  # type: ignore[arg-type,return-value]
        embeddings=Store,  # type: ignore[arg-type]
        default_max_seconds=600,
    )
    return tuning.run(tuning.start().id)


def test_its_code_and_its_sentence_are_everywhere(project: FakeProject, job: Job) -> None:
    result = job.result
    assert result is not None, job.reason
    assert (result.promoted, result.code, result.params) == (False, "full-moon", {"images": 3})
    assert job.reason.startswith(SENTENCE)

    with TestClient(Starlette(routes=api_routes(project, EncodingQueue(project)))) as client:
        told = client.get(f"/api/v1/jobs/{job.id}").json()
        version = client.get(f"/api/v1/versions/{result.version}").json()
    for document in (told, told["result"], version, version["scores"]):
        assert (document["code"], document["params"]) == ("full-moon", {"images": 3})
    assert version["reason"].startswith(SENTENCE)

    verdict = job_html(project)
    assert SENTENCE in verdict
    assert 'href="https://docs.example/studio/refused/#full-moon"' in verdict
    assert SENTENCE in versions_html(project)
