from __future__ import annotations

import threading

import pytest
import torch

from samstudio.tuning.parallel import side_by_side

CPU = torch.device("cpu")


@pytest.fixture
def two_cores() -> None:
    torch.set_num_threads(2)


def test_results_come_in_order(two_cores: None) -> None:
    with side_by_side(CPU) as each:
        assert list(each(lambda x: x * x, range(20))) == [x * x for x in range(20)]


def test_two_are_computed_at_once(two_cores: None) -> None:
    both = threading.Barrier(2, timeout=20)
    with side_by_side(CPU) as each:
        list(each(lambda _: both.wait(), range(2)))


def test_the_number_of_threads_is_what_it_was_afterwards(two_cores: None) -> None:
    seen: list[int] = []
    with side_by_side(CPU) as each:
        list(each(lambda _: seen.append(torch.get_num_threads()), range(4)))
    assert set(seen) == {1}
    later: list[int] = []
    for one in (threading.Thread(target=lambda: later.append(torch.get_num_threads())),):
        one.start()
        one.join()
    assert (torch.get_num_threads(), later) == (2, [2])


def test_an_exception_reaches_the_caller(two_cores: None) -> None:
    with side_by_side(CPU) as each, pytest.raises(ZeroDivisionError):
        list(each(lambda x: 1 // x, [1, 0]))


def test_on_a_graphics_card_one_after_the_other() -> None:
    with side_by_side(torch.device("cuda")) as each:
        assert each is map
