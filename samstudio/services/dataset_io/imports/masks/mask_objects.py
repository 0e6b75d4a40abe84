"""The objects of an image's mask files, as an import's reader gives them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from samstudio.domain import AnnotationStatus, InvalidInput, Size
from samstudio.services.dataset_io.imports.reading import FoundObject, FoundObjects, Skipped, code_of
from samstudio.services.dataset_io.label_masks import MaskObject, MaskObjects, objects_of_file


@dataclass(frozen=True)
class MaskFile:
    """A mask file: what sentences call it, and where it is."""

    name: str
    path: Path


@dataclass(frozen=True)
class Naming:
    """How the objects of masks become objects of the dataset.

    ``category``: gives the name of the category, by the mask's name and the object. ``split``: whether
    each separate part of a value is an object of its own. ``listed``: tells whether a table says that
    it is an object, so that there is nothing to doubt.
    """

    category: Callable[[str, MaskObject], str]
    split: bool = False
    listed: Callable[[str, MaskObject], bool] = lambda _mask, _one: False


def read_masks_of(masks: Sequence[MaskFile], naming: Naming, size: Size) -> FoundObjects:
    """Read the objects of an image of ``size`` (H, W); a mask that cannot be read costs its own objects."""
    return found_objects(
        masks, naming, lambda mask: objects_of_file(mask.path, size=size, split=naming.split)
    )


def found_objects(
    masks: Sequence[MaskFile], naming: Naming, read_one: Callable[[MaskFile], MaskObjects]
) -> FoundObjects:
    """Gather the objects of an image's masks.

    Args:
        masks: Its masks.
        naming: How their objects are called.
        read_one: Reads those of one mask; an InvalidInput of it costs those.
    """
    found = FoundObjects()
    for mask in masks:
        try:
            read = read_one(mask)
        except InvalidInput as error:
            found.skipped.append(Skipped(mask.name, str(error), code_of(error)))
            continue
        label = f" of {mask.name}" if len(masks) > 1 else ""
        found.objects.extend(_found(each, naming, mask.name, label) for each in read.objects)
        found.skipped.extend(Skipped(mask.name, f"{mask.name}: {note}", code="void") for note in read.notes)
    return found


def _found(each: MaskObject, naming: Naming, mask: str, of_mask: str) -> FoundObject:
    doubts = () if naming.listed(mask, each) else each.doubts
    return FoundObject(
        label=f"{each.name}{of_mask}",
        category=naming.category(mask, each),
        rle=each.rle,
        # What may be no object is not learned from before a person accepted it.
        status=AnnotationStatus.PROPOSED if any(one.unsure for one in doubts) else None,
        doubt="; ".join(one.why for one in doubts),
        code=doubts[0].code if doubts else "",
    )
