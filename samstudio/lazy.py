"""Attributes computed at their first use, exactly once, even with several threads.

`functools.cached_property` holds no lock since Python 3.12: two concurrent first
requests can build two services. Here each attribute of each instance has a
lock of its own, so one that takes minutes (a model to download and load) blocks
only the threads that need it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class lazy(Generic[T]):  # noqa: N801 - used as a decorator, as `property` is
    """A read-only attribute computed by the decorated method at its first use, then stored.

    Such attributes may need each other: as long as none needs itself, each lock is
    taken in the order of the dependencies, so no two threads wait for each other.
    One that does need itself raises `RuntimeError`. When the method raises,
    nothing is stored: the next use tries again.
    """

    def __init__(self, build: Callable[[Any], T]) -> None:
        self._build = build
        self.__doc__ = build.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> lazy[T]: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> lazy[T] | T:
        if instance is None:
            return self
        # A value in the instance's dictionary hides this descriptor: later uses take no lock.
        values = vars(instance)
        with _lock_of(values, self._name):
            if self._name not in values:
                values[self._name] = self._build(instance)
            built: T = values[self._name]
            return built


def is_built(instance: object, name: str) -> bool:
    """Tell whether the lazy attribute ``name`` was computed, without computing it."""
    return name in vars(instance)


class _BuildLock:
    """An exclusive lock that refuses the thread that already holds it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._holder: int | None = None

    def __enter__(self) -> None:
        if self._holder == threading.get_ident():
            raise RuntimeError(f"{self._name} is needed to build itself")
        self._lock.acquire()
        self._holder = threading.get_ident()

    def __exit__(self, *_: object) -> None:
        self._holder = None
        self._lock.release()


_making_locks = threading.Lock()


def _lock_of(values: dict[str, Any], name: str) -> _BuildLock:
    with _making_locks:
        lock: _BuildLock = values.setdefault(f"_lock of {name}", _BuildLock(name))
        return lock
