"""Masks beside the images, in files of their own: each value or colour but the background's is one object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath

from samstudio.services.annotations.categories import checked_name
from samstudio.services.dataset_io.imports.formats.format import (
    ImportFormat,
    ImportRequest,
    Recognised,
    Sureness,
)
from samstudio.services.dataset_io.imports.formats.images import image_files
from samstudio.services.dataset_io.imports.masks.mask_objects import MaskFile, Naming, read_masks_of
from samstudio.services.dataset_io.imports.masks.mask_pictures import masks_among, paired_pictures, same_size
from samstudio.services.dataset_io.imports.masks.page_masks import PageMasks
from samstudio.services.dataset_io.imports.masks.pairing import Pairs, pair
from samstudio.services.dataset_io.imports.masks.stored_pairs import ARRAYS, stored_masks
from samstudio.services.dataset_io.imports.parsing.category_lists import (
    ValueCategories,
    categories_of_masks,
)
from samstudio.services.dataset_io.imports.reading import EntryKind, FoundImage, Reading, Skipped
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.imports.source.folders import checked_folder
from samstudio.services.dataset_io.imports.source.stored import StoredImage
from samstudio.services.dataset_io.label_masks import is_mask_name
from samstudio.services.dataset_io.label_masks.picture import PageOf
from samstudio.text import plural


def recognise_masks(tree: FileTree) -> Recognised | None:
    """Claim files among which are masks of other pictures, surely where a table has their values."""
    listed = categories_of_masks(tree)
    if listed is not None:
        return Recognised(Sureness.CERTAIN, f"{listed.source} names the objects of masks")
    # Masks that several images fit are claimed too: they are not to come in as pictures.
    count = len(masks_among(tree)) + len(paired_pictures(tree).ambiguous) or len(
        _paired_arrays(tree).of_image
    )
    if count:
        return Recognised(Sureness.LIKELY, f"{plural(count, 'mask')} beside images")
    stored = len(stored_masks(tree).names)
    return (
        Recognised(Sureness.LIKELY, f"{plural(stored, 'mask')} of images of the dataset") if stored else None
    )


def read_masks(tree: FileTree, request: ImportRequest) -> Reading:
    """Pair images with their masks, in the folder that was named or where the tree has them.

    Raises:
        InvalidInput: The folder of masks is missing, or the category has no usable name.
    """
    category = checked_name(request.category)
    listed = categories_of_masks(tree) or ValueCategories()
    naming = Naming(
        lambda mask, one: listed.category(mask, one.value) or category,
        request.split_parts,
        listed=lambda mask, one: bool(listed.category(mask, one.value)),
    )
    reading = paired_masks(tree, request, naming)
    reading.categories = listed.names
    reading.notes += listed.notes if request.source is None else ()  # else the masks lie elsewhere
    reading.used |= {listed.source} & set(tree)
    return reading


def paired_masks(tree: FileTree, request: ImportRequest, naming: Naming) -> Reading:
    """Return the images of a tree with the objects of their masks.

    Raises:
        InvalidInput: The folder of masks is missing.
    """
    if request.source is None and stored_masks(tree).names:
        return masks_alone(tree, naming)
    pairs, files = _pairs_of(tree, request.source)
    inside = tree.known_as(files)
    reading = Reading()
    for image in image_files(tree):
        if image.name in inside.values():
            continue
        masks = [MaskFile(name, files[name]) for name in pairs.of_image.get(image.name, [])]
        reading.images.append(with_masks(image, masks, naming))
    reading.skipped = [replace(each, name=inside[each.name] or each.name) for each in left_over(pairs)]
    reading.used = {inside[mask] for masks in pairs.of_image.values() for mask in masks} - {""}
    return reading


def masks_alone(tree: FileTree, naming: Naming) -> Reading:
    """Return the images of the dataset that a tree has masks of."""
    stored = stored_masks(tree)
    reading = Reading(skipped=list(stored.skipped))
    for images, names in stored.of_images:
        masks = [MaskFile(name, tree.path(name)) for name in names]
        reading.images += stored_images(images, masks, naming)
        reading.used.update(names)
    reading.images += [image for image in image_files(tree) if image.name not in stored.names]
    return reading


def stored_images(
    images: Sequence[StoredImage], masks: Sequence[MaskFile], naming: Naming
) -> Iterator[FoundImage]:
    """Yield an image of the dataset, or the pages of a file, with the objects of masks that came alone."""
    why = f"is in the dataset, and gets the objects of {' and '.join(mask.name for mask in masks[:3])}"
    of_masks = with_masks(FoundImage("", None), masks, naming)
    by_page = of_masks.page_objects
    for number, one in enumerate(images, start=1):
        page = PageOf(number, len(images), first=number == 1)
        objects = partial(by_page, page=page) if by_page and len(images) > 1 else of_masks.objects
        found = replace(of_masks, objects=objects, page_objects=None, image_id=one.id)
        yield replace(found, name=f"{one.filename} ({masks[0].name})", note=why, code="stored_masks")


def with_masks(image: FoundImage, masks: Sequence[MaskFile], naming: Naming) -> FoundImage:
    """Return an image with the objects of its masks, or with a note that there are none."""
    if masks:
        read, by_page = partial(read_masks_of, list(masks), naming), PageMasks(masks, naming)
        return FoundImage(image.name, image.file, entries=None, objects=read, page_objects=by_page)
    if image.doubt:
        return image
    stem = PurePosixPath(image.name).stem
    return replace(image, note=f"has no mask {stem}.png; the image came in without objects", code="no_mask")


def left_over(pairs: Pairs) -> list[Skipped]:
    """Say of each mask that no image got why."""
    alone = [Skipped(mask, f"mask {mask} has no image of that name", "mask_alone") for mask in pairs.alone]
    unclear = [
        Skipped(mask, f"mask {mask} may be of {' or of '.join(images[:3])}", "mask_of_two")
        for mask, images in pairs.ambiguous.items()
    ]
    second = [
        Skipped(mask, f"{image} has another mask, {pairs.of_image[image][0]}", "second_mask")
        for mask, image in pairs.doubled.items()
    ]
    return [replace(each, kind=EntryKind.FILE) for each in [*alone, *unclear, *second]]


def _pairs_of(tree: FileTree, source: Path | None) -> tuple[Pairs, dict[str, Path]]:
    """Return the pairs of images and masks, and where each mask is on the disk."""
    if source is not None:
        return _named_pairs(tree, source)
    pictures, arrays = paired_pictures(tree), _paired_arrays(tree)
    # An image that has a picture of its mask needs no array of it.
    second = {
        m: image for image, masks in arrays.of_image.items() if image in pictures.of_image for m in masks
    }
    pairs = Pairs(
        {**arrays.of_image, **pictures.of_image},
        [*pictures.alone, *arrays.alone],
        {**pictures.ambiguous, **arrays.ambiguous},
        {**pictures.doubled, **arrays.doubled, **second},
    )
    return pairs, {name: tree.path(name) for name in _files_of(pairs)}


def _files_of(pairs: Pairs) -> list[str]:
    paired = [mask for masks in pairs.of_image.values() for mask in masks]
    return [*paired, *pairs.alone, *pairs.ambiguous, *pairs.doubled]


def _paired_arrays(tree: FileTree) -> Pairs:
    arrays = tree.with_suffix(*ARRAYS)
    if not arrays:
        return Pairs()
    among = masks_among(tree)
    return pair([name for name in tree.images() if name not in among], arrays)


def _named_pairs(tree: FileTree, source: Path) -> tuple[Pairs, dict[str, Path]]:
    """Pair the images with the masks of the folder that was named; it may be the images' folder too."""
    beside = FileTree.of(checked_folder(source, what="masks"))
    here = {path.resolve() for path in beside.files.values()}
    found = {name: path for name, path in beside.files.items() if is_mask_name(path)}
    images = [name for name in tree.images() if tree.path(name).resolve() not in here]
    if not images:
        among = masks_among(tree)
        images = [name for name in tree.images() if name not in among]
        pictures = {tree.path(name).resolve() for name in images}
        found = {name: path for name, path in found.items() if path.resolve() not in pictures}
    pairs = pair(images, list(found), fits=lambda image, mask: same_size(tree.path(image), found[mask]))
    return pairs, found


MASKS = ImportFormat(
    name="masks",
    label="label masks",
    description="a folder of label masks of the images' names",
    recognise=recognise_masks,
    read=read_masks,
)
