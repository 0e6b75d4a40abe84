"""Label masks beside the images: one PNG an image, of its name; each value but 0 is one object."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath

from samstudio.domain import Size
from samstudio.services.annotations.categories import checked_name
from samstudio.services.dataset_io.imports.file_tree import FileTree
from samstudio.services.dataset_io.imports.folders import checked_folder
from samstudio.services.dataset_io.imports.formats.format import (
    ImportFormat,
    ImportRequest,
    Recognised,
    Sureness,
)
from samstudio.services.dataset_io.imports.formats.images import image_files
from samstudio.services.dataset_io.imports.mask_pictures import image_stem, masks_among
from samstudio.services.dataset_io.imports.reading import (
    EntryKind,
    FoundImage,
    FoundObject,
    FoundObjects,
    Reading,
    Skipped,
)
from samstudio.services.dataset_io.label_masks import objects_of_file
from samstudio.text import plural


def recognise_masks(tree: FileTree) -> Recognised | None:
    """Claim files among which pictures look like masks of other pictures."""
    count = len(masks_among(tree))
    return Recognised(Sureness.LIKELY, f"{plural(count, 'picture')} like a mask") if count else None


def read_masks(tree: FileTree, request: ImportRequest) -> Reading:
    """Pair images with their masks, in the folder that was named or where the tree has them.

    Raises:
        InvalidInput: The folder of masks is missing, or the category has no usable name.
    """
    category = checked_name(request.category)
    among = masks_among(tree)
    masks = _named_masks(tree, request.source, among) if request.source else {m: tree.path(m) for m in among}
    inside = {name for name in among if not request.source or tree.path(name) in masks.values()}
    images = [image for image in image_files(tree) if image.name not in inside]
    pairs = _pairs([image.name for image in images], list(masks)) if request.source else _inverted(among)
    reading = Reading(used=inside)
    where = f" in {request.source}" if request.source else ""
    for image in images:
        of_image = [masks[mask] for mask in pairs[image.name]]
        reading.images.append(_with_masks(image, of_image, category, where))
    paired = {mask for of_image in pairs.values() for mask in of_image}
    reading.skipped = [_without_image(mask) for mask in masks if mask not in paired]
    return reading


def _named_masks(tree: FileTree, source: Path, among: Mapping[str, str]) -> dict[str, Path]:
    """Return the PNGs of the folder of masks, but for those that are pictures of the tree and no masks."""
    beside = FileTree.of(checked_folder(source, what="masks"))
    pictures = {tree.path(name).resolve() for name in tree.images() if name not in among}
    found = {name: beside.path(name) for name in beside.with_suffix(".png")}
    return {name: path for name, path in found.items() if path.resolve() not in pictures}


def _pairs(images: Sequence[str], masks: Sequence[str]) -> dict[str, list[str]]:
    """Return each image's mask: that of its path, or else the only one of its name for an only image."""
    pairs: dict[str, list[str]] = defaultdict(list)
    by_path = {_stem(mask): mask for mask in masks}
    for image in images:
        if _stem(image) in by_path:
            pairs[image] = [by_path[_stem(image)]]
    taken = {mask for found in pairs.values() for mask in found}
    left = _by_name([image for image in images if image not in pairs], lambda name: PurePosixPath(name).stem)
    free = _by_name([mask for mask in masks if mask not in taken], image_stem)
    for name, of_name in left.items():
        if len(of_name) == 1 and len(free.get(name, [])) == 1:
            pairs[of_name[0]] = free[name]
    return pairs


def _stem(name: str) -> str:
    return str(PurePosixPath(name).with_suffix(""))


def _by_name(names: Sequence[str], key: Callable[[str], str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        found[key(name)].append(name)
    return found


def _inverted(among: Mapping[str, str]) -> dict[str, list[str]]:
    pairs: dict[str, list[str]] = defaultdict(list)
    for mask, image in among.items():
        pairs[image].append(mask)
    return pairs


def _with_masks(image: FoundImage, masks: list[Path], category: str, where: str) -> FoundImage:
    if masks:
        return replace(image, entries=None, objects=partial(_objects, masks, category))
    if image.doubt:
        return image
    stem = PurePosixPath(image.name).stem
    note = f"has no mask {stem}.png{where}; the image came in without objects"
    return replace(image, note=note, code="no_mask")


def _without_image(mask: str) -> Skipped:
    return Skipped(mask, f"mask {mask} has no image of that name", code="mask_alone", kind=EntryKind.FILE)


def _objects(masks: list[Path], category: str, size: Size) -> FoundObjects:
    """Return one object for each value but 0 of an image's masks; its size is (H, W).

    Raises:
        InvalidInput: A mask cannot be read or has another size.
    """
    found = [each for mask in masks for each in objects_of_file(mask, size=size).objects]
    return FoundObjects([FoundObject(each.name, category, each.rle, doubt=each.doubt) for each in found])


MASKS = ImportFormat(
    name="masks",
    label="label masks",
    description="a folder of label PNGs of the images' names",
    recognise=recognise_masks,
    read=read_masks,
)
