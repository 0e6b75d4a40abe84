from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from torch import nn

from samstudio.domain import Embedding, Unavailable
from samstudio.sam.encoder import FEATURES_SHAPE, TorchEncoder
from samstudio.services.tuning import TuningService
from samstudio.spaces.place import no_tuning_because
from samstudio.spaces.zero import BorrowedGpu, borrow_gpu
from tests.unit.spaces.conftest import SPACE, ZERO

PIXELS = np.zeros((8, 8, 3), dtype=np.uint8)


class OnDevice:
    """An encoder whose embedding tells where it was made."""

    def __init__(self, device: str = "cpu", *, name: str = "0123456789ab") -> None:
        self.device = device
        self.id = name

    def on(self, device: str) -> OnDevice:
        return OnDevice(device, name=self.id)

    def encode(self, pixels: Any) -> Embedding:
        features = np.full(FEATURES_SHAPE, self.device == "cuda", dtype=np.float16)
        features[0, 0, 0] = int(self.id, 16) % 10
        return Embedding(features, original_size=(8, 8), input_size=(1024, 1024))


def lend(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


def refuse(function: Callable[..., Any]) -> Callable[..., Any]:
    def no_more(*_: Any) -> Any:
        raise RuntimeError("quota exceeded")

    return no_more


def made_on_gpu(encoder: Any) -> bool:
    return bool(encoder.encode(PIXELS).features[1:].all())


def test_only_zero_gpu_refuses_tuning() -> None:
    assert no_tuning_because({}) is None
    assert no_tuning_because(SPACE) is None
    assert "dedicated hardware" in cast(str, no_tuning_because(ZERO))


def test_a_refused_press_says_why_before_anything_else() -> None:
    parts = dict.fromkeys(("jobs", "images", "annotations", "versions", "model", "embeddings"))
    service = TuningService(**cast(Any, parts), default_max_seconds=1, refusal="Not here.")
    with pytest.raises(Unavailable, match="Not here"):
        service.start()


def test_encoding_borrows_the_gpu() -> None:
    encoder = BorrowedGpu(lend).lent_to(OnDevice())
    assert encoder.id == "0123456789ab"
    assert made_on_gpu(encoder)


def test_without_a_gpu_to_borrow_the_cpu_encodes() -> None:
    assert not made_on_gpu(BorrowedGpu(refuse).lent_to(OnDevice()))


def test_two_encoders_borrow_one_gpu_and_each_answers_for_itself() -> None:
    gpu = BorrowedGpu(lend)
    first, second = gpu.lent_to(OnDevice(name="01")), gpu.lent_to(OnDevice(name="02"))
    assert [one.encode(PIXELS).features[0, 0, 0] for one in (first, second)] == [1, 2]


def test_an_encoder_that_cannot_move_is_left_as_it_is() -> None:
    fixed = cast(Any, SimpleNamespace(id="01", encode=lambda pixels: None))
    assert BorrowedGpu(lend).lent_to(fixed) is fixed


def test_elsewhere_no_gpu_is_borrowed() -> None:
    assert borrow_gpu({}) is None
    assert borrow_gpu(SPACE) is None


def test_a_torch_encoder_moves_with_its_weights_and_its_name() -> None:
    encoder = TorchEncoder(module=nn.Linear(2, 2))
    assert encoder.on("cpu").id == encoder.id
