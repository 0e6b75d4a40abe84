"""Decoders for comparisons, hand-written: how much of the true mask they give is known exactly."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from samstudio.domain import StudioError, Unavailable
from samstudio.masks import Mask, encode_rle, iou, mask_to_box
from samstudio.services.comparison.types import BlendedVersion, ScoredMask

NARROW = 20
"""Objects narrower than this get worse with tuning, the others better."""


class ShareDecoders:
    """Stock gives the left half of each object's box; a version all of it, or, of a narrow one, a quarter."""

    def __init__(self) -> None:
        self.asked: list[tuple[BlendedVersion, str, int]] = []
        self.lost: dict[int, StudioError] = {}
        self.unreadable: dict[str, Exception] = {}

    def load(self, blended: BlendedVersion) -> None:
        if blended.version in self.lost:
            raise self.lost[blended.version]

    def lose(self, version: int) -> None:
        self.lost[version] = Unavailable(f"the file of version {version} is gone: v{version}.safetensors")

    def answers(self, blended: BlendedVersion, image_id: str, masks: Sequence[Mask]) -> list[ScoredMask]:
        if image_id in self.unreadable:
            raise self.unreadable[image_id]
        self.asked.append((blended, image_id, len(masks)))
        return [self._answer(blended, mask) for mask in masks]

    def _answer(self, blended: BlendedVersion, mask: Mask) -> ScoredMask:
        x0, y0, x1, y1 = (int(edge) for edge in mask_to_box(mask))
        tuned = 0.25 if x1 + 1 - x0 < NARROW else 1.0
        share = 0.5 if blended.version == 0 else 0.5 + blended.strength * (tuned - 0.5)
        given = np.zeros_like(mask)
        given[:, x0 : x0 + round(share * (x1 + 1 - x0))] = True
        given &= mask
        crop = given[y0 : y1 + 1, x0 : x1 + 1]
        return ScoredMask(iou=iou(given, mask), corner=(x0, y0), crop=encode_rle(crop))

    def write(self, blended: BlendedVersion, path: Path) -> None:
        self.load(blended)
        path.write_text(f"{blended.version} at {blended.strength:g}")
