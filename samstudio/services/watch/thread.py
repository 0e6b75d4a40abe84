"""The thread that keeps a watch, beside people's work and never before it."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

log = logging.getLogger(__name__)

IDLE_SECONDS = 2.0
"""Between two looks whether there is something to do."""

PAUSE_SECONDS = 0.25
"""Between two steps, so that a request by a person need not wait."""

NICENESS = 15
"""The thread's priority on Linux: it gets the processor when nothing else wants it."""


class WatchThread:
    """A background thread that calls ``step`` again and again while ``ready()``; `close` ends it.

    ``step`` returns whether there is more to do at once.
    """

    def __init__(
        self, step: Callable[[], bool], *, ready: Callable[[], bool], idle_seconds: float = IDLE_SECONDS
    ) -> None:
        self._step = step
        self._ready = ready
        self._idle_seconds = idle_seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Begin watching."""
        self._thread.start()

    def close(self) -> None:
        """End the thread after the step in progress, waiting for it up to five seconds."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _run(self) -> None:
        yield_to_others()
        wait = self._idle_seconds
        while not self._stop.wait(wait):
            wait = self._idle_seconds
            try:
                if self._ready() and self._step():
                    wait = min(PAUSE_SECONDS, self._idle_seconds)
            except Exception:
                log.exception("the watch of the live version")


def yield_to_others() -> None:
    """Lower this thread's priority; the threads that torch starts for it inherit that. Linux alone can."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
