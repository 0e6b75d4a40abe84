from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from samstudio.domain import Unavailable
from samstudio.sam.banking import bank_flips, missing
from samstudio.sam.embeddings import EmbeddingMemory, EmbeddingStore
from samstudio.sam.encoder import OnnxEncoder
from samstudio.sam.orientations import ALL, MIRRORED, UPSIDE_DOWN
from tests.unit.sam.test_embeddings import FakeEncoder, memory_of
from tests.unit.sam.test_encoder import onnx_file


class Clock:
    """Each picture that is read takes two seconds."""

    def __init__(self) -> None:
        self.now = 100.0
        self.read: list[str] = []

    def pixels(self, image_id: str) -> np.ndarray:
        self.now += 2
        self.read.append(image_id)
        return np.zeros((3, 4, 3), np.uint8)


@pytest.fixture
def store(tmp_path: Path) -> EmbeddingStore:
    return EmbeddingStore(folder=tmp_path, memory=memory_of(FakeEncoder()))


def test_plain_images_come_first_and_each_is_mirrored_before_any_is_turned(store: EmbeddingStore) -> None:
    store.bank("a", lambda: np.zeros((3, 4, 3), np.uint8), UPSIDE_DOWN)
    store.get("b", lambda: np.zeros((3, 4, 3), np.uint8))
    found = [orientation.key(image_id) for image_id, orientation in missing(store, ["a", "b"])]
    assert found == ["a", "ah", "bh", "bv", "ar", "br"]


def test_what_fits_in_the_time_is_made(store: EmbeddingStore) -> None:
    clock = Clock()
    made = bank_flips(store, clock.pixels, ["a", "b"], until=107, clock=lambda: clock.now)
    assert (made, clock.read) == (3, ["a", "b", "a"])
    assert clock.now <= 107
    assert bank_flips(store, clock.pixels, ["a", "b"], until=1000, clock=lambda: clock.now) == 5
    assert bank_flips(store, clock.pixels, ["a", "b"], until=1000, clock=lambda: clock.now) == 0


def test_no_time_makes_nothing(store: EmbeddingStore) -> None:
    assert bank_flips(store, Clock().pixels, ["a"], until=0) == 0


def test_a_failure_is_passed_on(store: EmbeddingStore) -> None:
    def gone(_image_id: str) -> np.ndarray:
        raise Unavailable("its file is gone")

    with pytest.raises(Unavailable, match="gone"):
        bank_flips(store, gone, ["a"], until=1e12)


def test_a_real_graph_s_flipped_embedding_is_that_of_the_flipped_picture(tmp_path: Path) -> None:
    encoder = OnnxEncoder(path=onnx_file(tmp_path / "encoder.onnx"), sha256="0123456789ab", threads=1)
    store = EmbeddingStore(folder=tmp_path, memory=EmbeddingMemory(encoder=encoder, limit_bytes=1 << 23))
    picture = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    store.bank("a", lambda: picture, MIRRORED)
    found = {o.suffix: store.get("a", lambda: picture, o).features for o in ALL[:2]}
    assert found["h"].shape == (256, 64, 64)
    np.testing.assert_array_equal(found["h"], encoder.encode(np.fliplr(picture).copy()).features)
    assert not np.array_equal(found["h"], found[""])
