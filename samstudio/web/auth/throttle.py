"""Rate limiting of failed logins, by address."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

MAX_ADDRESSES = 10_000
"""The most addresses with failed logins that are stored; the oldest are dropped first."""


class Throttle:
    """A limit on failed logins per address: ``tries`` in ``seconds``. For one event loop; not thread-safe."""

    def __init__(
        self, *, tries: int = 5, seconds: float = 60.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tries = tries
        self._seconds = seconds
        self._clock = clock
        self._failures: dict[str, list[float]] = {}

    def wait(self, address: str) -> int:
        """Return the whole seconds until this address may try again; 0 means now."""
        recent = self._recent(address)
        if len(recent) < self._tries:
            return 0
        return max(1, math.ceil(recent[-self._tries] + self._seconds - self._clock()))

    def failed(self, address: str) -> None:
        """Record a failed login."""
        recent = self._recent(address)
        self._failures.pop(address, None)
        self._failures[address] = [*recent, self._clock()]
        while len(self._failures) > MAX_ADDRESSES:
            del self._failures[next(iter(self._failures))]

    def succeeded(self, address: str) -> None:
        """Forget the failed logins of an address."""
        self._failures.pop(address, None)

    def _recent(self, address: str) -> list[float]:
        since = self._clock() - self._seconds
        return [at for at in self._failures.get(address, []) if at > since]
