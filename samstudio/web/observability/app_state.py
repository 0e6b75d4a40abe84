"""The running app's state, as health check and metrics read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from samstudio.domain import JobStatus


@dataclass(frozen=True)
class AppState:
    """Functions that return the state; the exceptions of those that read the database pass through."""

    live: Callable[[], int]
    """The live decoder version, from the database."""
    jobs: Callable[[], Iterable[JobStatus]]
    """The status of each tuning job, from the database."""
    model: Callable[[], str]
    """``loading``, ``ready`` or ``failed``."""
    preparing: Callable[[], int]
    """How many images wait to be encoded ahead."""
