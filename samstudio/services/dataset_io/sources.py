"""Where an import takes its objects from: nowhere, a folder of label masks, or a COCO file.

A source says which image files there are and which objects each has; it stores nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from samstudio.domain import Rle, Size
from samstudio.masks import label_rles
from samstudio.services.annotations.categories import checked_name
from samstudio.services.dataset_io.folders import is_image_name, mask_files, visible_files
from samstudio.services.dataset_io.label_masks import read_labels

Problem = tuple[str, str]
"""(name, why) of something that was left out."""


@dataclass(frozen=True)
class FoundObject:
    """One object of an image, before it is stored."""

    category: str
    rle: Rle


@dataclass(frozen=True)
class FoundObjects:
    """The objects of one image, and what was left out."""

    objects: list[FoundObject] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class ObjectSource(Protocol):
    """One of the classes below, or of `samstudio.services.dataset_io.coco_source`."""

    def images(self, folder: Path) -> tuple[list[Path], list[Problem]]:
        """The image files to take, in order, and files that are none."""

    def objects(self, path: Path, size: Size) -> FoundObjects:
        """The objects of one of them, whose decoded size is (H, W); raises InvalidInput."""

    def unmatched(self, paths: Sequence[Path]) -> list[Problem]:
        """What the source holds for images that are not among ``paths``."""


class NoObjects:
    """Images alone."""

    def images(self, folder: Path) -> tuple[list[Path], list[Problem]]:
        """Every file of the folder that is named like an image."""
        return split_by_name(visible_files(folder))

    def objects(self, path: Path, size: Size) -> FoundObjects:  # noqa: ARG002
        """None."""
        return FoundObjects()

    def unmatched(self, paths: Sequence[Path]) -> list[Problem]:  # noqa: ARG002
        """Nothing."""
        return []


class MaskFolder(NoObjects):
    """One label PNG an image, of the same stem."""

    def __init__(self, masks: Path, *, category: str) -> None:
        self._folder = masks
        self._masks = mask_files(masks)
        self._category = checked_name(category)

    def objects(self, path: Path, size: Size) -> FoundObjects:
        """One object for each value of the image's mask but 0; raises InvalidInput for a bad mask."""
        mask = self._masks.get(path.stem)
        if mask is None:
            why = f"has no mask {path.stem}.png in {self._folder}; the image came in without objects"
            return FoundObjects(problems=[(path.name, why)])
        return FoundObjects(
            [FoundObject(self._category, rle) for rle in label_rles(read_labels(mask, size=size))]
        )

    def unmatched(self, paths: Sequence[Path]) -> list[Problem]:
        """Masks without an image."""
        stems = {path.stem for path in paths}
        return [
            (mask.name, f"mask {mask.name} has no image of that name")
            for stem, mask in self._masks.items()
            if stem not in stems
        ]


def split_by_name(files: Sequence[Path]) -> tuple[list[Path], list[Problem]]:
    """Files named like images, and the others with a sentence each."""
    others = [(f.name, f"{f.name} is not named like an image") for f in files if not is_image_name(f)]
    return [f for f in files if is_image_name(f)], others
