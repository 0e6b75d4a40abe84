"""A second image encoder of SAM 1's output shape is one spec: nothing else has to be edited for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from starlette.testclient import TestClient
from torch import nn
from typer.testing import CliRunner

from samstudio.cli.app import app
from samstudio.config import Settings
from samstudio.domain import InvalidInput, Prompt
from samstudio.engine import Engine
from samstudio.project import Project, open_project
from samstudio.sam.models import load_model
from samstudio.sam.specs import MODELS, CheckpointSpec
from samstudio.sam.weights.files import WeightSource
from samstudio.spaces.check import Checker
from samstudio.web.api.app import build_api
from samstudio.web.encoding_queue import EncodingQueue
from tests.unit.sam.stock import random_state
from tests.unit.services.pictures import colours, encoded


@dataclass(frozen=True, kw_only=True)
class PooledSpec(CheckpointSpec):
    """Means of 8x8 pixels of a frame of 512, and a 1x1 convolution."""

    def build_module(self) -> nn.Module:
        with torch.device("meta"):
            return nn.Sequential(nn.AvgPool2d(8), nn.Conv2d(3, 256, 1, bias=False))


POOLED = PooledSpec(
    name="pooled",
    description="means of pixels",
    sources=(WeightSource("pooled.pth", "0" * 64, "https://weights.invalid/pooled.pth"),),
    frame_side=512,
)


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    with MODELS.added(POOLED):
        yield


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Those of a project whose model is the new one, with weights in a checkpoint."""
    encoder = torch.randn((256, 3, 1, 1), generator=torch.Generator().manual_seed(0)) * 0.1
    torch.save({"image_encoder.1.weight": encoder, **random_state()}, tmp_path / "pooled.pth")
    return Settings(
        storage=tmp_path / "storage",
        model="pooled",
        checkpoint=tmp_path / "pooled.pth",
        weights_dir=tmp_path / "weights",
        device="cpu",
        threads=1,
    )


@pytest.fixture
def project(settings: Settings) -> Project:
    return open_project(settings)


def test_it_is_loaded_and_encodes_in_its_own_frame(settings: Settings, tmp_path: Path) -> None:
    model = load_model(name="pooled", checkpoint=settings.checkpoint, weights_dir=tmp_path, device="cpu")
    embedding = model.encoder.encode(colours(30, 40))
    assert (model.name, embedding.features.shape) == ("pooled", (256, 64, 64))
    assert (embedding.original_size, embedding.input_size) == ((30, 40), (768, 1024))
    assert not embedding.features[:, 48:].any()  # the rows below the picture


def test_a_project_answers_prompts_with_it(project: Project) -> None:
    image = project.images.add(encoded(colours(30, 40), "PNG"), filename="a.png").image
    found = project.predictions.predict(image.id, Prompt(box=(5, 5, 30, 20)))
    assert (found.version, found.masks.shape) == (0, (1, 30, 40))
    assert np.isfinite(found.iou_predictions).all()


def test_its_versions_go_out_whole(project: Project, tmp_path: Path) -> None:
    file = project.transfer.export_version(0, "pth", tmp_path / "out.pth")
    assert (file.model, file.note) == ("pooled", "")
    assert "image_encoder.1.weight" in torch.load(file.path, weights_only=True)


def test_the_command_line_lists_and_finds_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run = CliRunner()
    assert "pooled: means of pixels" in run.invoke(app, ["weights", "--help"], terminal_width=400).output
    for name, value in settings.to_environment().items():
        monkeypatch.setenv(name, value)
    assert f"pooled: {settings.checkpoint}" in run.invoke(app, ["weights"]).output
    picture, mask = tmp_path / "a.png", tmp_path / "mask.png"
    picture.write_bytes(encoded(colours(30, 40), "PNG"))
    arguments = ["predict", str(picture), "--box", "5,5,30,20", "--out", str(mask)]
    assert (run.invoke(app, arguments).exit_code, mask.is_file()) == (0, True)


def test_the_api_names_it(project: Project) -> None:
    with TestClient(build_api(project, EncodingQueue(project))) as client:
        assert client.get("/api/v1/server").json()["model"] == "pooled"


def test_the_check_of_a_space_looks_for_its_files(settings: Settings, tmp_path: Path) -> None:
    published = settings.model_copy(update={"checkpoint": None})
    found = Checker(
        root=tmp_path, settings=published, environment={}, reach=lambda _url: "offline"
    ).findings()
    (weights,) = (one for one in found if one.code == "weights")
    assert "https://weights.invalid/pooled.pth: offline" in weights.text


def test_a_model_that_is_not_there_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(
        InvalidInput, match="no model 'vit_x': choose one of vit_t, vit_b, vit_l, vit_h, pooled"
    ):
        Engine(Settings(storage=tmp_path, model="vit_x"))
