"""The wiring: what only shows when the real parts meet."""

from __future__ import annotations

import importlib
import io
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from samstudio.config import Settings
from samstudio.domain import Embedding, InvalidInput, NotFound, Prediction, Prompt
from samstudio.engine import Engine
from samstudio.project import Project, open_project
from samstudio.sam.decoder import save_decoder
from tests.integration.commands import run
from tests.synthetic import picture

BOX = Prompt(box=(40.0, 40.0, 200.0, 160.0))


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(Settings(storage=tmp_path))


def add_picture(project: Project, seed: int = 3) -> str:
    buffer = io.BytesIO()
    Image.fromarray(picture(seed)[0]).save(buffer, format="PNG")
    return project.images.add(buffer.getvalue(), filename="picture.png").image.id


def make_live(project: Project, *, flipped: bool) -> int:
    """Make a version live that sees the object where stock sees none, or one that is surer of itself."""
    state = dict(project.engine.model.stock.decoder_state())
    name, change = (
        ("output_hypernetworks_mlps.0.layers.2", lambda value: -value)
        if flipped
        else ("iou_prediction_head.layers.2", lambda value: value + 0.1)
    )
    for part in ("weight", "bias") if flipped else ("bias",):
        state[f"{name}.{part}"] = change(state[f"{name}.{part}"])
    return project.versions.create(
        write=lambda path: save_decoder(path, state, {}), reason="better", promote=True
    ).number


def test_a_deleted_image_takes_its_embedding_along(tmp_path: Path) -> None:
    project = open_project(Settings(storage=tmp_path))
    image = project.images.get(add_picture(project))
    project.predictions.prepare(image.id)
    assert list(tmp_path.glob("embeddings/*/*/*.safetensors"))
    project.images.delete(image.id)
    assert not list(tmp_path.glob("embeddings/*/*/*.safetensors"))
    with pytest.raises(NotFound):
        project.predictions.prepare(image.id)


def test_two_projects_beside_each_other_share_a_model_and_nothing_else(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads = count_calls(monkeypatch, "samstudio.sam.models.load_model")
    encoded = count_encodings(monkeypatch, engine)
    one, other = (open_project(Settings(storage=tmp_path / name), engine=engine) for name in ("one", "other"))
    image = add_picture(one)
    with pytest.raises(NotFound):
        other.images.get(image)
    assert add_picture(other) == image

    stock = one.predictions.predict(image, BOX)
    assert same(stock, other.predictions.predict(image, BOX))
    assert loads == [1]
    assert encoded == [1]
    for name in ("one", "other"):  # each folder is whole by itself
        assert list(tmp_path.glob(f"{name}/embeddings/*/*/{image}.safetensors"))

    assert make_live(one, flipped=True) == 1
    assert same(stock, other.predictions.predict(image, BOX))
    assert make_live(other, flipped=False) == 1
    mine, theirs = one.predictions.predict(image, BOX), other.predictions.predict(image, BOX)
    assert (stock.version, mine.version, theirs.version) == (0, 1, 1)
    assert (mine.masks ^ stock.masks).mean() > 0.5
    assert (theirs.masks == stock.masks).all()
    assert theirs.iou_predictions[0] - stock.iou_predictions[0] == pytest.approx(0.1, abs=1e-3)
    assert same(mine, one.predictions.predict(image, BOX, version=1))
    assert same(theirs, other.predictions.predict(image, BOX, version=1))

    one.versions.rollback()
    assert (one.predictions.predict(image, BOX).version, other.predictions.predict(image, BOX).version) == (
        0,
        1,
    )


def test_deleting_an_image_leaves_the_other_project_s(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded = count_encodings(monkeypatch, engine)
    one, other = (open_project(Settings(storage=tmp_path / name), engine=engine) for name in ("one", "other"))
    image = add_picture(one)
    add_picture(other)
    before = other.predictions.predict(image, BOX)
    one.predictions.prepare(image)
    one.images.delete(image)
    assert not list(tmp_path.glob("one/embeddings/*/*/*.safetensors"))
    assert same(before, other.predictions.predict(image, BOX))
    assert encoded == [1]
    with pytest.raises(NotFound):
        one.predictions.predict(image, BOX)
    add_picture(one)
    assert same(before, one.predictions.predict(image, BOX))
    assert encoded == [1]


def test_an_engine_of_another_model_is_refused(tmp_path: Path, engine: Engine) -> None:
    with pytest.raises(InvalidInput, match="other wants vit_b, and this engine runs vit_t"):
        open_project(Settings(storage=tmp_path / "other", model="vit_b"), engine=engine)
    assert not (tmp_path / "other").exists()


def same(one: Prediction, other: Prediction) -> bool:
    equal = (one.masks == other.masks).all() and (one.iou_predictions == other.iou_predictions).all()
    return bool(equal) and one.version == other.version


def count_calls(monkeypatch: pytest.MonkeyPatch, name: str) -> list[int]:
    """Count calls of a function that is imported where it is used; the one number grows."""
    module, _, attribute = name.rpartition(".")
    calls, real = [0], getattr(importlib.import_module(module), attribute)

    def counted(*args: Any, **values: Any) -> Any:
        calls[0] += 1
        return real(*args, **values)

    monkeypatch.setattr(name, counted)
    return calls


def count_encodings(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> list[int]:
    """Count images that an engine's encoder encodes; the one number grows."""
    encoder = engine.model.encoder
    calls, real = [0], encoder.encode

    def counted(pixels: NDArray[np.uint8]) -> Embedding:
        calls[0] += 1
        return real(pixels)

    monkeypatch.setattr(encoder, "encode", counted)
    return calls


def test_commands_that_need_no_model_import_no_torch(tmp_path: Path) -> None:
    import subprocess

    script = "import sys, samstudio.project as b; b.open_project(); assert 'torch' not in sys.modules"
    env = {"SAMSTUDIO_STORAGE": str(tmp_path), "PATH": ""}
    subprocess.run([sys.executable, "-c", script], check=True, env=env)
    assert run(tmp_path, "jobs").stdout.strip() == "no job yet"
