from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from samstudio.config import Settings
from samstudio.domain import Embedding, InvalidInput
from samstudio.engine import Engine
from samstudio.spaces.zero import BorrowedGpu


class Encoder:
    """Says where it ran, in every number of its embedding."""

    id = "0123456789ab"

    def __init__(self, value: int = 1) -> None:
        self.value = value
        self.calls = 0

    def on(self, device: str) -> Encoder:
        assert device == "cuda"
        return Encoder(2)

    def encode(self, pixels: np.ndarray) -> Embedding:
        self.calls += 1
        return Embedding(np.full((256, 64, 64), self.value, np.float16), (3, 4), (768, 1024))


def pixels() -> np.ndarray:
    return np.zeros((3, 4, 3), np.uint8)


def engine_with(encoder: Encoder, gpu: BorrowedGpu | None = None, **settings: object) -> Engine:
    engine = Engine(Settings(**settings), gpu=gpu)
    engine.model = SimpleNamespace(name="vit_t", encoder=encoder)
    return engine


def test_folders_share_its_memory_and_its_encoder(tmp_path: Path) -> None:
    encoder = Encoder()
    engine = engine_with(encoder, embedding_cache_mb=8)
    one, other = (engine.embeddings_in(tmp_path / name) for name in ("one", "other"))
    assert one.get("a", pixels) is other.get("a", pixels)
    assert encoder.calls == 1
    for number in range(10):
        (one if number % 2 else other).get(f"b{number}", pixels)
    held = [number for number in range(10) if f"b{number}" in engine.memory]
    assert held == [6, 7, 8, 9], "8 MB, of 2 MB each"


def test_a_lent_gpu_encodes_for_every_folder(tmp_path: Path) -> None:
    encoder = Encoder()
    embedding = (
        engine_with(encoder, gpu=BorrowedGpu(lambda function: function))
        .embeddings_in(tmp_path)
        .get("a", pixels)
    )
    assert embedding.features[0, 0, 0] == 2
    assert encoder.calls == 0


def test_it_serves_projects_of_its_model_and_checkpoint_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    engine = Engine(Settings(model="vit_b", checkpoint=Path("sam.pth")))
    engine.check_serves(Settings(model="vit_b", checkpoint=tmp_path / "sam.pth", device="cpu"))
    for other in (Settings(model="vit_b"), Settings(checkpoint=Path("sam.pth"))):
        with pytest.raises(InvalidInput, match=r"wants vit_.*this engine runs vit_b of .*sam\.pth"):
            engine.check_serves(other)
