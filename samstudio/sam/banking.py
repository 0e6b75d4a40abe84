"""Embeddings of images and of their flips, encoded ahead of the tuning job that learns from them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from samstudio.sam.embeddings import EmbeddingStore
from samstudio.sam.orientations import ALL, Orientation


def missing(store: EmbeddingStore, image_ids: Sequence[str]) -> Iterator[tuple[str, Orientation]]:
    """Yield what was not encoded yet: plain images in the order given, then each mirrored, then the rest."""
    for orientation in ALL:
        for image_id in image_ids:
            if not store.has(image_id, orientation):
                yield image_id, orientation


def bank_flips(
    store: EmbeddingStore,
    pixels: Callable[[str], NDArray[np.uint8]],
    image_ids: Sequence[str],
    *,
    until: float,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Encode what is `missing`, as long as one more is expected to end in time; return how many were made.

    Args:
        store: Where they are kept, on disk alone.
        pixels: Gives an image by its id, uint8 RGB HxWx3.
        image_ids: The images, the most useful first.
        until: When to be done, on ``clock``.
        clock: Returns the present time in seconds.

    Raises:
        NotFound: There is no such image.
        Unavailable: An image's file is gone or damaged, or an embedding cannot be written.
    """
    made, longest = 0, 0.0
    for image_id, orientation in missing(store, image_ids):
        began = clock()
        if began + longest >= until:
            break
        store.bank(image_id, lambda image_id=image_id: pixels(image_id), orientation)  # type: ignore[misc]
        made, longest = made + 1, max(longest, clock() - began)
    return made
