"""A decoder's file format that is registered is everywhere: nothing else has to be edited for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from starlette.testclient import TestClient
from torch import Tensor
from typer.testing import CliRunner

from samstudio.cli.app import app
from samstudio.config import Settings
from samstudio.engine import Engine
from samstudio.project import Project
from samstudio.sam.decoder import load_decoder_state, save_decoder
from samstudio.sam.models import StockWeights
from samstudio.sam.transfer import DECODER_FORMATS, DecoderFormat, ExportedDecoder
from samstudio.sam.transfer.state import decoder_weights
from samstudio.sam.weights.sources import WeightFiles
from samstudio.web.api.app import build_api
from samstudio.web.encoding_queue import EncodingQueue
from samstudio.web.page.versions.tab import versions_html
from tests.unit.sam.stock import random_state


def write_npz(path: Path, exported: ExportedDecoder) -> None:
    """Write the mask decoder as numpy arrays."""
    with path.open("wb") as file:
        np.savez(file, **{name: value.numpy() for name, value in exported.decoder.items()})


def read_npz(path: Path) -> dict[str, Tensor]:
    """Return those arrays as tensors, with the names of a whole model."""
    with np.load(path) as arrays:
        return {f"mask_decoder.{name}": torch.from_numpy(arrays[name]) for name in arrays}


NPZ = DecoderFormat(name="npz", description="for numpy", write=write_npz, read=read_npz)


class RandomEngine(Engine):
    """A model of random weights."""

    def stock_weights(self) -> StockWeights:
        folder = self._settings.storage
        (folder / "sam.onnx").write_bytes(b"published")
        files = WeightFiles(folder / "encoder.onnx", folder / "sam.onnx")
        return StockWeights("vit_t", random_state(), files)


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    with DECODER_FORMATS.added(NPZ):
        yield


@pytest.fixture
def project(tmp_path: Path) -> Project:
    settings = Settings(storage=tmp_path / "storage")
    engine = RandomEngine(settings)
    made = Project(settings, engine=engine)
    tuned = {name: value + 0.01 for name, value in decoder_weights(engine.stock_weights()).items()}
    made.versions.create(write=lambda path: save_decoder(path, tuned, {}), reason="better")
    return made


def test_a_version_goes_out_and_comes_in(project: Project, tmp_path: Path) -> None:
    file = project.transfer.export_version(1, "npz", tmp_path / "v1.npz")
    assert "The image encoder is not in it" in file.note
    made = project.transfer.import_version(file.path)
    assert (made.number, made.reason) == (2, "imported from v1.npz")
    before, after = (load_decoder_state(project.versions.path(number)) for number in (1, 2))
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_the_command_line_offers_and_writes_it(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("samstudio.project.open_project", lambda *_args, **_options: project)
    run, out = CliRunner(), tmp_path / "v1.npz"
    assert "|npz>" in run.invoke(app, ["export-version", "--help"], terminal_width=200).output
    done = run.invoke(app, ["export-version", "1", "--format", "npz", "--out", str(out)])
    assert (done.exit_code, out.is_file()) == (0, True)
    assert "version 2 imported from v1.npz" in run.invoke(app, ["import-version", str(out)]).output


def test_the_api_documents_and_serves_it(project: Project, tmp_path: Path) -> None:
    api = build_api(project, EncodingQueue(project))
    parameters = api.openapi()["paths"]["/api/v1/versions/{version}/file"]["get"]["parameters"]
    schema = next(one["schema"] for one in parameters if one["name"] == "format")
    assert schema["enum"] == ["pth", "safetensors", "onnx", "npz"]
    assert "`npz`: for numpy" in schema["description"]
    with TestClient(api) as client:
        reply = client.get("/api/v1/versions/1/file", params={"format": "npz"})
    (tmp_path / "got.npz").write_bytes(reply.content)
    assert "mask_decoder.iou_token.weight" in read_npz(tmp_path / "got.npz")


def test_the_page_offers_it(project: Project) -> None:
    page = versions_html(project)
    assert "<b>.npz</b> for numpy</a>" in page
    assert 'data-accept=".pth,.safetensors,.npz"' in page
