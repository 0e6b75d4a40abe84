"""A bounded cache that evicts the least recently used values first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class LruCache(Generic[K, V]):
    """A cache of values by key, bounded by their number, their size in bytes, or both. Thread-safe."""

    def __init__(
        self,
        *,
        max_items: int | None = None,
        max_bytes: int | None = None,
        size_of: Callable[[V], int] | None = None,
    ) -> None:
        """Create an empty cache.

        Args:
            max_items: Most values to keep; None for any number.
            max_bytes: Most bytes to keep; None for any size.
            size_of: Returns a value's size in bytes; needed for ``max_bytes``.

        Raises:
            ValueError: There is ``max_bytes`` without ``size_of``.
        """
        if max_bytes is not None and size_of is None:
            raise ValueError("max_bytes needs size_of")
        self._max_items = max_items
        self._max_bytes = max_bytes
        self._size_of = size_of or (lambda _value: 0)
        self._values: OrderedDict[K, V] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: K) -> bool:
        return key in self._values

    @property
    def nbytes(self) -> int:
        """Size of all values, in bytes; 0 without ``size_of``."""
        return self._bytes

    def get(self, key: K) -> V | None:
        """Return the value of a key, which becomes the one used last; None where there is none."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key]

    def put(self, key: K, value: V) -> None:
        """Store a value; a single one that is larger than ``max_bytes`` is not kept."""
        with self._lock:
            self._drop(key)
            self._values[key] = value
            self._bytes += self._size_of(value)
            while self._values and self._is_too_full():
                self._drop(next(iter(self._values)))

    def get_or_make(self, key: K, make: Callable[[], V]) -> V:
        """Return the value of a key, made now where there is none.

        ``make`` runs without the lock, so that a slow one blocks no other thread; two
        threads that ask at once may both make it.
        """
        known = self.get(key)
        if known is not None:
            return known
        made = make()
        self.put(key, made)
        return made

    def discard(self, key: K) -> None:
        """Remove a key, if it is there."""
        with self._lock:
            self._drop(key)

    def _is_too_full(self) -> bool:
        too_many = self._max_items is not None and len(self._values) > self._max_items
        return too_many or (self._max_bytes is not None and self._bytes > self._max_bytes)

    def _drop(self, key: K) -> None:
        if key in self._values:
            self._bytes -= self._size_of(self._values.pop(key))
