"""The progress of a tuning job, and the prediction of its time left.

Work is counted in optimiser steps; scoring an object counts as the part of a
step that it costs, so that one progress bar covers the whole job.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

OBJECT_UNITS = 0.15
"""The part of a step that scoring an object takes, until it has been measured."""

WINDOW = 40
"""The time left is predicted from this many reports."""


@dataclass(frozen=True)
class TuningProgress:
    """A report of progress: ``step`` of ``total_steps`` covers training and evaluation; times in seconds.

    ``total_steps`` is 0 until the work is planned.
    """

    phase: str
    step: int
    total_steps: int
    loss: float | None
    val_miou: float | None
    seconds_left: float | None
    seconds: float


class Cancelled(Exception):
    """An exception raised between two steps: the job was asked to stop."""


class Reporter:
    """A reporter that counts work units, predicts the time left, and checks whether to go on."""

    def __init__(
        self,
        *,
        on_progress: Callable[[TuningProgress], None],
        cancelled: Callable[[], bool],
        most_seconds: float = float("inf"),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._on_progress = on_progress
        self._cancelled = cancelled
        self._clock = clock
        self._most_seconds = most_seconds
        self._object_units = OBJECT_UNITS
        self._started = clock()
        self._done = 0.0
        self._total: float | None = None
        self._phase = ""
        self._recent: deque[tuple[float, float]] = deque(maxlen=WINDOW)
        self.points: list[tuple[int, float | None, float | None, float]] = []
        """(step, loss, val_miou, seconds) of each report that had one of the two."""

    @property
    def seconds(self) -> float:
        """Seconds since the job began."""
        return self._clock() - self._started

    def plan(self, units: float, *, object_units: float | None = None) -> None:
        """Set how many units are still to come, and how many of them scoring an object takes."""
        if object_units is not None:
            self._object_units = object_units
        self._total = self._done + units

    def phase(self, name: str) -> None:
        """Enter a phase and report it."""
        self._phase = name
        self.advance(0)

    def scored(self, objects: int = 1) -> None:
        """Count and report scored objects."""
        self.advance(objects * self._object_units)

    def advance(self, units: float, *, loss: float | None = None, val_miou: float | None = None) -> None:
        """Count work done, in units, and report it.

        Raises:
            Cancelled: The job was asked to stop.
        """
        if self._cancelled():
            raise Cancelled
        self._done += units
        step, seconds = round(self._done), self.seconds
        if loss is not None or val_miou is not None:
            self.points.append((step, loss, val_miou, seconds))
        self._on_progress(
            TuningProgress(
                phase=self._phase,
                step=step,
                total_steps=0 if self._total is None else max(step, round(self._total)),
                loss=loss,
                val_miou=val_miou,
                seconds_left=self._left(seconds),
                seconds=seconds,
            )
        )

    def _left(self, seconds: float) -> float | None:
        """Predict the seconds left from the last reports, but never more than the job's limit leaves."""
        self._recent.append((self._done, seconds))
        done, since = self._recent[0]
        if self._total is None or self._done - done < 1:
            return None
        at_pace = max(0.0, self._total - self._done) * (seconds - since) / (self._done - done)
        return max(0.0, min(at_pace, self._most_seconds - seconds))
