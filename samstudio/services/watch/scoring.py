"""The scores of the live version, the one before it and stock on new objects of one image."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from samstudio.domain import STOCK_VERSION, Annotation
from samstudio.masks import Mask, UnusableMask, usable_mask
from samstudio.services.annotations.held_out import is_untouched
from samstudio.services.comparison.types import BlendedVersion
from samstudio.services.watch.types import Watched, WatchScore

if TYPE_CHECKING:
    from samstudio.domain import Size
    from samstudio.services.comparison.scoring import Decoders

log = logging.getLogger(__name__)


def load(decoders: Decoders, watched: Watched) -> None:
    """Load the decoders that are compared, so that what fails later is due to an object.

    Raises:
        StudioError: One cannot be loaded.
    """
    for version in _versions(watched):
        decoders.load(BlendedVersion.of(version))


def scored(
    decoders: Decoders, watched: Watched, objects: Sequence[Annotation], size: Size
) -> list[WatchScore]:
    """Return the scores of objects of one image, in their order.

    Args:
        decoders: The decoders of all versions.
        watched: The versions to score.
        objects: The objects, all of one image.
        size: The image's (H, W), in pixels.
    """
    masks: dict[int, Mask] = {}
    problems: dict[int, str] = {}
    for one in objects:
        try:
            masks[one.id] = usable_mask(one.rle, size).decode()
        except UnusableMask as error:
            problems[one.id] = str(error)
    ious = _ious(decoders, watched, objects[0].image_id, masks, problems)
    return [_score(one, watched, ious.get(one.id, {}), problems.get(one.id, "")) for one in objects]


def _versions(watched: Watched) -> tuple[int, ...]:
    return tuple(dict.fromkeys((watched.live.number, watched.former, STOCK_VERSION)))


def _ious(
    decoders: Decoders, watched: Watched, image_id: str, masks: dict[int, Mask], problems: dict[int, str]
) -> dict[int, dict[int, float | None]]:
    """Return IoUs by object id and version; add what went wrong to ``problems``."""
    found: dict[int, dict[int, float | None]] = {number: {} for number in masks}
    if not masks:
        return found
    try:
        for version in _versions(watched):
            answers = decoders.answers(BlendedVersion.of(version), image_id, list(masks.values()))
            for number, answer in zip(masks, answers, strict=True):
                found[number][version] = answer.iou
    except Exception as error:  # one image that cannot be decoded must not end the watch
        log.exception("scoring new objects of image %s", image_id)
        problems.update(dict.fromkeys(masks, str(error) or type(error).__name__))
        return {}
    return found


def _score(one: Annotation, watched: Watched, ious: dict[int, float | None], problem: str) -> WatchScore:
    return WatchScore(
        live=ious.get(watched.live.number),
        former=ious.get(watched.former),
        stock=ious.get(STOCK_VERSION),
        untouched=is_untouched(one, watched.live.number),
        problem=problem,
    )
