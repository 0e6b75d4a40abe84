"""Work done step by step on one background thread, as long as there is any."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.01
"""Between two steps, so that a request by a person need not wait."""


class Background:
    """A thread that calls ``step`` until it returns False, and again after each `wake`."""

    def __init__(self, step: Callable[[], bool], *, name: str) -> None:
        self._step = step
        self._name = name
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._again = False

    @property
    def is_busy(self) -> bool:
        """Whether there is, or was a moment ago, something to do."""
        return self._thread is not None

    def wake(self) -> None:
        """Have ``step`` called again, as there may be something to do; return at once."""
        with self._lock:
            self._again = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def wait(self, timeout: float) -> bool:
        """Wait up to ``timeout`` seconds until nothing is left to do; return whether that is so."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout)
        return self._thread is None

    def _run(self) -> None:
        while self._wanted():
            try:
                while self._step():
                    time.sleep(PAUSE_SECONDS)
            except Exception:
                log.exception("%s stopped", self._name)

    def _wanted(self) -> bool:
        with self._lock:
            wanted, self._again = self._again, False
            if not wanted:
                self._thread = None
            return wanted
