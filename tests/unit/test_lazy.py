from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from samstudio.lazy import is_built, lazy

THREADS = 16


class Parts:
    """Parts that count how often each was built."""

    def __init__(self) -> None:
        self.built: list[str] = []
        self.fail = False
        self.may_go_on = threading.Event()

    def _note(self, name: str) -> object:
        time.sleep(0.02)  # long enough for every thread to come by meanwhile
        self.built.append(name)
        if self.fail:
            raise OSError("no disk")
        return object()

    @lazy
    def model(self) -> object:
        """The model."""
        return self._note("model")

    @lazy
    def images(self) -> object:
        return self._note("images")

    @lazy
    def predictions(self) -> tuple[object, object]:
        self._note("predictions")
        return (self.images, self.model)

    @lazy
    def tuning(self) -> tuple[object, object, object]:
        self._note("tuning")
        return (self.model, self.predictions, self.images)

    @lazy
    def slow(self) -> bool:
        return self.may_go_on.wait(10)

    @lazy
    def circle(self) -> object:
        return self.other_half

    @lazy
    def other_half(self) -> object:
        return self.circle


def race(*asks: Callable[[], Any]) -> list[Any]:
    """Ask all at the same moment, each in a thread of its own."""
    barrier = threading.Barrier(len(asks))

    def one(ask: Callable[[], Any]) -> Any:
        barrier.wait(10)
        return ask()

    with ThreadPoolExecutor(len(asks)) as pool:
        return list(pool.map(one, asks))


def test_threads_that_come_together_get_one_object_built_once():
    parts = Parts()
    assert len({id(one) for one in race(*[lambda: parts.model] * THREADS)}) == 1
    assert parts.built == ["model"]


def test_parts_that_build_each_other_are_each_built_once():
    parts = Parts()
    names = ["model", "images", "predictions", "tuning"]
    race(*[lambda name=name: getattr(parts, name) for name in names * 4])
    assert sorted(parts.built) == sorted(names)
    assert parts.tuning == (parts.model, parts.predictions, parts.images)


def test_a_slow_part_holds_up_no_other():
    parts = Parts()
    waiting = threading.Thread(target=lambda: parts.slow)
    waiting.start()
    try:
        assert parts.images is parts.images
        assert not is_built(parts, "slow")
    finally:
        parts.may_go_on.set()
        waiting.join(10)
    assert is_built(parts, "slow")


def test_what_raised_is_tried_again():
    parts = Parts()
    parts.fail = True

    def ask() -> object:
        with pytest.raises(OSError, match="no disk"):
            _ = parts.model
        return None

    race(ask, ask, ask)
    assert len(parts.built) == 3
    assert not is_built(parts, "model")
    parts.fail = False
    assert parts.model is parts.model


def test_a_part_that_needs_itself_says_so_instead_of_waiting_for_ever():
    parts = Parts()
    with pytest.raises(RuntimeError, match="circle is needed to build itself"):
        _ = parts.circle
    assert not is_built(parts, "circle")


def test_each_instance_has_its_own():
    one, other = Parts(), Parts()
    assert one.model is not other.model
    assert (one.built, other.built) == (["model"], ["model"])


def test_a_fake_can_be_put_in_its_place():
    parts = Parts()
    parts.model = "a fake"  # type: ignore[assignment]
    assert parts.model == "a fake"
    assert parts.built == []


def test_the_class_shows_the_description():
    assert Parts.model.__doc__ == "The model."
