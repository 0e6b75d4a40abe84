from __future__ import annotations

from samstudio.web.auth.throttle import MAX_ADDRESSES, Throttle
from tests.unit.web.auth.visitors import Clock


def test_some_tries_a_minute_and_address() -> None:
    clock = Clock()
    throttle = Throttle(tries=3, seconds=60, clock=clock)
    for _ in range(3):
        assert throttle.wait("a") == 0
        throttle.failed("a")
        clock.now += 10
    assert throttle.wait("a") == 30, "the first of the three is 30 seconds old"
    assert throttle.wait("b") == 0
    clock.now += 29.5
    assert throttle.wait("a") == 1
    clock.now += 0.5
    assert throttle.wait("a") == 0
    throttle.failed("a")
    assert throttle.wait("a") > 0, "the second and third still count"


def test_getting_it_right_forgets_the_rest() -> None:
    throttle = Throttle(tries=1, clock=Clock())
    throttle.failed("a")
    throttle.succeeded("a")
    assert throttle.wait("a") == 0


def test_it_remembers_no_more_than_it_can_hold() -> None:
    throttle = Throttle(tries=1, clock=Clock())
    for number in range(MAX_ADDRESSES + 1):
        throttle.failed(str(number))
    assert throttle.wait("0") == 0
    assert throttle.wait("1") > 0
