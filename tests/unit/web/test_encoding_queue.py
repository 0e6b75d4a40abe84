from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from samstudio.domain import NotFound, Unavailable
from samstudio.web.encoding_queue import EncodingQueue
from tests.unit.web.fakes import open_fake


class Model:
    """A project's predictions that wait for permission before each image."""

    def __init__(self) -> None:
        self.encoded: list[str] = []
        self.may = threading.Semaphore(0)
        self.failure: Exception | None = None
        self.predictions = self
        self.box_drawing = self
        self.boxes: list[str] = []
        self.drawn: list[str] = []

    def waiting(self) -> list[str]:
        return list(self.boxes)

    def draw(self, image_id: str) -> int:
        if image_id in self.boxes:
            self.boxes.remove(image_id)
            self.drawn.append(image_id)
            return 1
        return 0

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
def encoding_queue(model: Model) -> Iterator[EncodingQueue]:
    encoding_queue = EncodingQueue(model)
    yield encoding_queue
    for _ in range(20):
        model.may.release()
    encoding_queue.close()


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_it_says_how_far_it_is(encoding_queue: EncodingQueue, model: Model) -> None:
    encoding_queue.start()
    encoding_queue.add(["a", "b", "c"])
    encoding_queue.add(["b"])
    model.may.release()
    _until(lambda: encoding_queue.status().done == 1)
    now = encoding_queue.status()
    assert (now.model, now.done, now.total, now.pending) == ("ready", 1, 3, ["b", "c"])


def test_images_are_encoded_in_order_and_once(encoding_queue: EncodingQueue, model: Model) -> None:
    encoding_queue.start()
    encoding_queue.add(["a", "b"])
    model.may.release()
    model.may.release()
    _until(lambda: not encoding_queue.status().pending)
    encoding_queue.add(["a"])
    assert encoding_queue.status().pending == []
    assert model.encoded == ["a", "b"]
    assert encoding_queue.is_prepared("a")


def test_one_bad_image_does_not_stop_the_rest(encoding_queue: EncodingQueue, model: Model) -> None:
    encoding_queue.start()
    encoding_queue.add(["deleted", "broken", "good"])
    for _ in range(3):
        model.may.release()
    _until(lambda: model.encoded == ["good"])


def test_an_image_that_fails_is_not_called_prepared(encoding_queue: EncodingQueue, model: Model) -> None:
    encoding_queue.start()
    encoding_queue.add(["broken"])
    model.may.release()
    _until(lambda: encoding_queue.status().done == 1)
    assert not encoding_queue.is_prepared("broken")
    encoding_queue.add(["broken"])
    assert encoding_queue.status().pending == ["broken"]


def test_an_image_that_is_deleted_and_added_again_is_encoded_again(
    tmp_path: Path, png: Callable[..., bytes]
) -> None:
    project = open_fake(tmp_path / "again")
    encoding_queue = EncodingQueue(project)
    encoding_queue.start()
    image_id = project.images.add(png(), filename="one.png").image.id
    encoding_queue.add([image_id])
    _until(lambda: encoding_queue.is_prepared(image_id))
    project.images.delete(image_id)
    assert not encoding_queue.is_prepared(image_id)

    project.images.add(png(), filename="one.png")
    encoding_queue.add([image_id])
    _until(lambda: encoding_queue.is_prepared(image_id))
    encoding_queue.close()


def test_an_image_that_is_opened_does_not_wait_for_its_turn(
    encoding_queue: EncodingQueue, model: Model
) -> None:
    encoding_queue.add(["a", "b"])
    model.may.release()
    encoding_queue.prepare_now("b")
    assert model.encoded == ["b"]
    assert encoding_queue.status().pending == ["a"]


def test_nothing_is_called_prepared_while_the_model_loads(
    encoding_queue: EncodingQueue, model: Model
) -> None:
    model.encoded.append("a")
    assert not encoding_queue.is_prepared("a")
    encoding_queue.start()
    _until(lambda: encoding_queue.status().model == "ready")
    assert encoding_queue.is_prepared("a")


def test_a_model_that_cannot_be_had_is_said(encoding_queue: EncodingQueue, model: Model) -> None:
    model.failure = Unavailable("weights: tried here and there")
    encoding_queue.start()
    _until(lambda: encoding_queue.status().model == "failed")
    assert encoding_queue.status().error == "weights: tried here and there"


def test_boxes_without_a_mask_are_drawn_when_the_app_starts_and_when_their_image_is_encoded(
    encoding_queue: EncodingQueue, model: Model
) -> None:
    model.encoded = ["a", "b"]
    model.boxes = ["a"]
    for _ in range(4):
        model.may.release()
    encoding_queue.start()
    _until(lambda: model.drawn == ["a"])
    model.boxes = ["b"]
    encoding_queue.add(["a", "b"])
    _until(lambda: model.drawn == ["a", "b"])
    model.boxes = ["b"]
    model.may.release()
    assert encoding_queue.prepare_now("b") == 1
    assert encoding_queue.prepare_now("b") == 0


def test_boxes_that_another_process_brought_in_are_found(
    encoding_queue: EncodingQueue, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("samstudio.web.encoding_queue.LOOK_SECONDS", 0.02)
    encoding_queue.start()
    _until(lambda: encoding_queue.status().model == "ready")
    model.boxes = ["broken", "a"]
    for _ in range(6):
        model.may.release()
    _until(lambda: model.drawn == ["a"])
    time.sleep(0.1)
    assert model.boxes == ["broken"]
    assert model.may.acquire(timeout=0.1), "what failed is not tried again and again"
