"""A folder of label masks beside the images: one PNG an image, each value but 0 one object."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from samstudio.domain import Size
from samstudio.services.annotations.categories import checked_name
from samstudio.services.dataset_io.imports.folders import mask_files
from samstudio.services.dataset_io.imports.format import ImportFormat
from samstudio.services.dataset_io.imports.images import ImageFolder
from samstudio.services.dataset_io.imports.sources import FoundObject, FoundObjects, Skipped
from samstudio.services.dataset_io.label_masks import objects_of_file


class MaskFolder(ImageFolder):
    """A folder of label masks: one PNG an image, of the image's stem."""

    def __init__(self, masks: Path, *, category: str) -> None:
        self._folder = masks
        self._masks = mask_files(masks)
        self._category = checked_name(category)

    def objects(self, path: Path, size: Size) -> FoundObjects:
        """Return one object for each value but 0 of the mask of the image at ``path``, whose size is (H, W).

        Raises:
            InvalidInput: The mask cannot be read or has another size.
        """
        mask = self._masks.get(path.stem)
        if mask is None:
            why = f"has no mask {path.stem}.png in {self._folder}; the image came in without objects"
            return FoundObjects(skipped=[(path.name, why)])
        return FoundObjects(
            [FoundObject(self._category, each.rle) for each in objects_of_file(mask, size=size).objects]
        )

    def unmatched(self, paths: Sequence[Path]) -> list[Skipped]:
        """Name the masks without an image."""
        stems = {path.stem for path in paths}
        return [
            (mask.name, f"mask {mask.name} has no image of that name")
            for stem, mask in self._masks.items()
            if stem not in stems
        ]


MASKS = ImportFormat(
    name="masks",
    label="label masks",
    description="a folder of label PNGs of the images' names",
    open=lambda request: MaskFolder(request.source, category=request.category),
)
