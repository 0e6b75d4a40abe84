from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from samstudio.domain import NotFound, Unavailable
from samstudio.ui.preparing import Preparer


class Model:
    """A studio's predictions that wait for permission before each image."""

    def __init__(self) -> None:
        self.encoded: list[str] = []
        self.may = threading.Semaphore(0)
        self.failure: Exception | None = None
        self.predictions = self

    def warm_up(self) -> None:
        if self.failure:
            raise self.failure

    def prepare(self, image_id: str) -> None:
        self.may.acquire(timeout=5)
        if image_id == "deleted":
            raise NotFound("no image has this id")
        if image_id == "broken":
            raise RuntimeError("boom")
        self.encoded.append(image_id)

    def prepared(self, image_id: str) -> bool:
        return image_id in self.encoded


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def preparer(model: Model) -> Iterator[Preparer]:
    preparer = Preparer(model)
    yield preparer
    for _ in range(20):
        model.may.release()
    preparer.close()


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_it_says_how_far_it_is(preparer: Preparer, model: Model) -> None:
    preparer.start()
    preparer.add(["a", "b", "c"])
    preparer.add(["b"])
    model.may.release()
    _until(lambda: preparer.status().done == 1)
    now = preparer.status()
    assert (now.model, now.done, now.total, now.pending) == ("ready", 1, 3, ["b", "c"])


def test_images_are_encoded_in_order_and_once(preparer: Preparer, model: Model) -> None:
    preparer.start()
    preparer.add(["a", "b"])
    model.may.release()
    model.may.release()
    _until(lambda: not preparer.status().pending)
    preparer.add(["a"])
    assert preparer.status().pending == []
    assert model.encoded == ["a", "b"]
    assert preparer.is_prepared("a")


def test_one_bad_image_does_not_stop_the_rest(preparer: Preparer, model: Model) -> None:
    preparer.start()
    preparer.add(["deleted", "broken", "good"])
    for _ in range(3):
        model.may.release()
    _until(lambda: model.encoded == ["good"])


def test_an_image_that_is_opened_does_not_wait_for_its_turn(preparer: Preparer, model: Model) -> None:
    preparer.add(["a", "b"])
    model.may.release()
    preparer.prepare_now("b")
    assert model.encoded == ["b"]
    assert preparer.status().pending == ["a"]


def test_nothing_is_called_prepared_while_the_model_loads(preparer: Preparer, model: Model) -> None:
    model.encoded.append("a")
    assert not preparer.is_prepared("a")
    preparer.start()
    _until(lambda: preparer.status().model == "ready")
    assert preparer.is_prepared("a")


def test_a_model_that_cannot_be_had_is_said(preparer: Preparer, model: Model) -> None:
    model.failure = Unavailable("weights: tried here and there")
    preparer.start()
    _until(lambda: preparer.status().model == "failed")
    assert preparer.status().error == "weights: tried here and there"
