"""Masks of an image file of several pages."""

from __future__ import annotations

from collections.abc import Sequence

from samstudio.domain import Size
from samstudio.services.dataset_io.imports.masks.mask_objects import MaskFile, Naming, found_objects
from samstudio.services.dataset_io.imports.reading import FoundObjects
from samstudio.services.dataset_io.label_masks import MaskObjects, objects_of_page, open_mask
from samstudio.services.dataset_io.label_masks.picture import MaskPicture, PageOf


class PageMasks:
    """Reads the objects of an image page by page; a stack of masks is opened once for all of them."""

    def __init__(self, masks: Sequence[MaskFile], naming: Naming) -> None:
        """Read these masks, and call their objects so."""
        self._masks = masks
        self._naming = naming
        self._single: set[str] = set()
        self._last: tuple[str, Size, MaskPicture] | None = None

    def __call__(self, size: Size, page: PageOf) -> FoundObjects:
        """Read the objects of one page of ``size`` (H, W); a mask that cannot be read costs its own."""
        found = found_objects(self._masks, self._naming, lambda mask: self._objects(mask, page, size))
        if page.number == page.count:
            self._last = None
        return found

    def _objects(self, mask: MaskFile, page: PageOf, size: Size) -> MaskObjects:
        if mask.name in self._single and not page.first:
            return MaskObjects()
        picture = self._open(mask, size)
        if not picture.stacked:
            self._single.add(mask.name)
        return objects_of_page(picture, page, split=self._naming.split)

    def _open(self, mask: MaskFile, size: Size) -> MaskPicture:
        if self._last is None or self._last[:2] != (mask.name, size):
            self._last = (mask.name, size, open_mask(mask.path, size=size))
        return self._last[2]
