"""What health check and metrics read of the running app."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from samstudio.domain import JobStatus


@dataclass(frozen=True)
class AppState:
    """Functions to ask; those that read the database raise what it raises."""

    live: Callable[[], int]
    """The live decoder version, from the database."""
    jobs: Callable[[], Iterable[JobStatus]]
    """The status of each tuning job, from the database."""
    model: Callable[[], str]
    """``loading``, ``ready`` or ``failed``."""
    preparing: Callable[[], int]
    """How many images wait to be encoded ahead."""
