"""An app to watch: its answers are what a test sets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from samstudio.domain import JobStatus
from samstudio.web.observability.app_state import AppState


@dataclass
class State:
    live: int = 3
    jobs: list[JobStatus] = field(default_factory=list)
    model: str = "ready"
    preparing: int = 0
    database: bool = True

    def state(self) -> AppState:
        return AppState(
            live=lambda: self._read(self.live),
            jobs=lambda: self._read(self.jobs),
            model=lambda: self.model,
            preparing=lambda: self.preparing,
        )

    def _read(self, value: Any) -> Any:
        if not self.database:
            raise OSError("disk I/O error in /home/jane/secret-project")
        return value
