from __future__ import annotations

import pytest

from samstudio.tuning.progress import Cancelled, Reporter, TuningProgress


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_time_left_follows_the_pace() -> None:
    clock, told = Clock(), list[TuningProgress]()
    reporter = Reporter(on_progress=told.append, cancelled=lambda: False, clock=clock)
    reporter.plan(20)
    reporter.phase("training")
    assert told[-1].seconds_left is None
    for _ in range(5):
        clock.now += 2
        reporter.advance(1, loss=0.5)
    assert told[-1] == TuningProgress("training", 5, 20, 0.5, None, 30.0, 10.0)
    assert [point[0] for point in reporter.points] == [1, 2, 3, 4, 5]


def test_judging_counts_as_part_of_a_step() -> None:
    told = list[TuningProgress]()
    reporter = Reporter(on_progress=told.append, cancelled=lambda: False)
    reporter.plan(2)
    reporter.object_units = 0.25
    reporter.scored(4)
    assert told[-1].step == 1


def test_more_work_than_planned_never_passes_the_end() -> None:
    told = list[TuningProgress]()
    reporter = Reporter(on_progress=told.append, cancelled=lambda: False)
    reporter.plan(1)
    reporter.phase("training")
    reporter.advance(3)
    assert told[-1].step == told[-1].total_steps == 3
    assert told[-1].seconds_left == 0


def test_no_more_time_is_promised_than_the_job_was_given() -> None:
    clock, told = Clock(), list[TuningProgress]()
    reporter = Reporter(on_progress=told.append, cancelled=lambda: False, most_seconds=60, clock=clock)
    reporter.plan(1000)
    for _ in range(2):
        clock.now += 2
        reporter.advance(1)
    assert told[-1].seconds_left == 56


def test_cancelled_is_noticed_at_the_next_step() -> None:
    asked = False
    reporter = Reporter(on_progress=lambda _: None, cancelled=lambda: asked)
    reporter.advance(1)
    asked = True
    with pytest.raises(Cancelled):
        reporter.advance(1)


def test_before_the_work_is_planned_nothing_is_said_of_how_much_is_done() -> None:
    told = list[TuningProgress]()
    reporter = Reporter(on_progress=told.append, cancelled=lambda: False)
    reporter.scored(20)
    assert (told[-1].total_steps, told[-1].seconds_left) == (0, None)
    reporter.plan(6)
    reporter.advance(0)
    assert (told[-1].step, told[-1].total_steps) == (3, 9)
