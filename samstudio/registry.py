"""Registries: objects of one kind by name, in the order in which users are offered them.

An export format, an import format, a decoder's file format and a model are
each one object in one file, added to their registry. Command line, API and
page read the registry at each use, and have no list of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

from samstudio.domain import InvalidInput


class Named(Protocol):
    """The interface of a registry's objects."""

    @property
    def name(self) -> str:
        """The name that scripts use; never changed."""
        ...

    @property
    def description(self) -> str:
        """A description for users who choose, in half a sentence or two."""
        ...


T = TypeVar("T", bound=Named)


class Registry(Generic[T]):
    """Objects of one kind, by name; iterating yields them in the order in which they were added."""

    def __init__(self, kind: str, items: Iterable[T] = ()) -> None:
        """Hold ``items``; ``kind`` is their noun in error messages, as in "there is no format 'x'"."""
        self._kind = kind
        self._items: dict[str, T] = {}
        for item in items:
            self.add(item)

    def add(self, item: T) -> T:
        """Add an object and return it.

        Raises:
            ValueError: Another one has its name.
        """
        if item.name in self._items:
            raise ValueError(f"there are two of the kind {self._kind} with the name {item.name!r}")
        self._items[item.name] = item
        return item

    def remove(self, name: str) -> None:
        """Remove an object; nothing happens when it is not there."""
        self._items.pop(name, None)

    @contextmanager
    def added(self, item: T) -> Iterator[T]:
        """Provide a context in which one more object is registered; for tests."""
        self.add(item)
        try:
            yield item
        finally:
            self.remove(item.name)

    def get(self, name: str) -> T:
        """Return the object with this name.

        Raises:
            InvalidInput: There is none; the message lists those there are.
        """
        try:
            return self._items[name]
        except KeyError:
            there_are = ", ".join(self._items)
            raise InvalidInput(f"there is no {self._kind} {name!r}: choose one of {there_are}") from None

    def names(self) -> tuple[str, ...]:
        """Return the names, in order."""
        return tuple(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(tuple(self._items.values()))

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, name: object) -> bool:
        return name in self._items
