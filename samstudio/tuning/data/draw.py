"""The draw: which of the accepted objects a job learns from, before any of them is read.

A press takes some hundred steps of four prompts, however many objects there are. So what it cannot
use is neither encoded nor read from the database, and a press costs the same with 500 objects and
with 50,000. Within the limits everything is taken. What is drawn depends on the seed and the objects
alone, not on their order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from hashlib import blake2b
from typing import TypeVar

from samstudio.domain import AcceptedObject

MOST_IMAGES = 500
"""Images a job learns from at most. The longest model takes 800 prompts, so each image shows one or two
of its objects; the embeddings of 500 images are 1 GB to read."""

MOST_OBJECTS = 2_000
"""Objects a job learns from at most: all models of a job together take about as many prompts."""

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


def draw_images(
    objects: Iterable[AcceptedObject],
    *,
    seed: int,
    encoded: Callable[[str], bool],
    most: int = MOST_IMAGES,
) -> list[str]:
    """Return the ids of the images to learn from, the first ones first.

    Groups take turns, so that a film of thousands of frames does not drown the other images and there
    is something to judge on; among the images of a turn, those that are encoded already come first.

    Args:
        objects: All accepted objects.
        seed: Seed of the draw.
        encoded: Tells whether an image of that id is encoded already.
        most: How many images to return at most.
    """
    group_of = {one.image_id: one.group for one in objects}
    waiting = {image_id: not encoded(image_id) for image_id in group_of}
    shuffled = sorted(group_of, key=lambda image_id: (waiting[image_id], _chance(seed, image_id)))
    turns = _turns(shuffled, lambda image_id: group_of[image_id])
    order = sorted(zip(turns, shuffled, strict=True), key=lambda one: (one[0], waiting[one[1]]))
    return [image_id for _, image_id in order[:most]]


def draw_objects(
    objects: Sequence[AcceptedObject], images: Collection[str], *, seed: int, most: int = MOST_OBJECTS
) -> list[AcceptedObject]:
    """Return the objects to learn from, in the order given; images take turns, so all get about as many.

    Args:
        objects: All accepted objects.
        images: The ids of the images that may be learned from.
        seed: Seed of the draw.
        most: How many objects to return at most.
    """
    known = frozenset(images)
    there = [one for one in objects if one.image_id in known]
    if len(there) <= most:
        return there
    shuffled = sorted(there, key=lambda one: _chance(seed, one.annotation_id))
    turns = _turns(shuffled, lambda one: one.image_id)
    order = sorted(zip(turns, shuffled, strict=True), key=lambda one: one[0])
    drawn = {one.annotation_id for _, one in order[:most]}
    return [one for one in there if one.annotation_id in drawn]


def _chance(seed: int, name: object) -> bytes:
    """Return a number drawn for ``name``, which does not change when others are added."""
    return blake2b(f"{seed} {name}".encode(), digest_size=8).digest()


def _turns(items: Iterable[T], key: Callable[[T], K]) -> list[int]:
    """Return how many items of the same key come before each."""
    seen: Counter[K] = Counter()
    turns = []
    for item in items:
        turns.append(seen[key(item)])
        seen[key(item)] += 1
    return turns
