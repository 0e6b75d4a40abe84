"""Work on several models, or several images, at once.

Two threads that each compute alone do 1.3 times as much as one computation spread over two cores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Protocol, TypeVar

import torch

T = TypeVar("T")
R = TypeVar("R")

MOST_AT_ONCE = 4
"""A training step of four prompts takes some 600 MB while it is computed; more cores share the steps."""


class Map(Protocol):
    """A map over items, each computed on its own."""

    def __call__(self, function: Callable[[T], R], items: Iterable[T], /) -> Iterable[R]:
        """Return the results in the order of the items; an exception reaches the caller."""
        ...


@contextmanager
def side_by_side(device: torch.device) -> Iterator[Map]:
    """Yield a map that computes several items at once; on a graphics card, one item after the other."""
    cores = torch.get_num_threads()
    workers = min(MOST_AT_ONCE, cores)
    if device.type != "cpu" or workers < 2:
        yield map
        return
    with ThreadPoolExecutor(workers, initializer=torch.set_num_threads, initargs=(cores // workers,)) as pool:
        try:
            yield pool.map
        finally:
            # The first call in each thread also sets the number that later threads begin with.
            torch.set_num_threads(cores)
