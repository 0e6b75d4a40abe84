"""Masks that come alone, for images that are in the dataset: which mask is of which image.

The dataset's images count as if they lay beside the masks. That is asked only where a source has no
picture of its own: a mask beside pictures is of one of these, or of none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from weakref import WeakKeyDictionary

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.imports.masks.mask_pictures import (
    in_mask_folder,
    looks_like_mask,
    paired_pictures,
    size_of,
)
from samstudio.services.dataset_io.imports.masks.pairing import pair
from samstudio.services.dataset_io.imports.masks.roles import folded, folder_key, says_mask
from samstudio.services.dataset_io.imports.reading import EntryKind, Skipped
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.imports.source.stored import StoredImage
from samstudio.services.images.decoding import decode_image, pixels_id

ARRAYS = (".npy", ".npz")

MOST_PIXELS = 200_000_000
"""Larger pictures are not decoded to be looked at."""


@dataclass(frozen=True)
class StoredMasks:
    """Masks of images of the dataset.

    ``of_images``: each image, or all pages of a file, with its masks. ``skipped``: masks of which nobody
    can tell the image. Names are those of the tree.
    """

    of_images: list[tuple[Sequence[StoredImage], Sequence[str]]] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """The masks' names."""
        paired = {name for _, masks in self.of_images for name in masks}
        return paired | {entry.name for entry in self.skipped}


_found: WeakKeyDictionary[FileTree, StoredMasks] = WeakKeyDictionary()


def stored_masks(tree: FileTree) -> StoredMasks:
    """Return the masks of a tree that are of images of the dataset; none where the tree has pictures.

    They are kept as long as the tree: recognising a format and reading it look at each mask once.
    """
    if tree not in _found:
        _found[tree] = _pair(tree)
    return _found[tree]


def _pair(tree: FileTree) -> StoredMasks:
    beside, arrays = paired_pictures(tree), tree.with_suffix(*ARRAYS)
    if beside.of_image or beside.ambiguous or not (tree.images() or arrays):
        return StoredMasks()
    called = {name: says_mask(name) or in_mask_folder(tree, name) for name in tree.images()}
    marked = [name for name, is_called in called.items() if is_called]
    plain = [name for name, is_called in called.items() if not is_called]
    # Photographs are told at the first of them, before the dataset is asked for all its images.
    if not all(looks_like_mask(tree.path(name)) for name in plain) or not tree.stored:
        return StoredMasks()
    if not all(_is_mask_of(tree, name, images) for name, images in _of_stem(tree, plain)):
        return StoredMasks()  # they are pictures
    masks = [name for name in marked if looks_like_mask(tree.path(name), coloured=True)]
    masks = [name for name in masks if not _is_stored(tree, name)]
    return _settled(tree, [*masks, *plain, *arrays])


def _of_stem(tree: FileTree, names: Sequence[str]) -> Iterator[tuple[str, Sequence[StoredImage]]]:
    """Yield each name with the images of the dataset that have its stem."""
    stems: dict[str, list[StoredImage]] = defaultdict(list)
    for image in tree.stored:
        stems[_stem(image.file)].append(image)
    for name in names:
        yield name, stems[_stem(name)]


def _stem(name: str) -> str:
    return folded(PurePosixPath(name).stem)


def _is_mask_of(tree: FileTree, name: str, images: Sequence[StoredImage]) -> bool:
    """Tell whether a picture that looks like a mask is one of these images': it has the size of one."""
    size = size_of(tree.path(name))
    return any(one.size == size for one in images) and not _is_stored(tree, name)


def _is_stored(tree: FileTree, name: str) -> bool:
    """Tell whether a file is a picture of the dataset itself."""
    try:
        data = tree.path(name).read_bytes()
        pixels = decode_image(data, filename=name, max_pixels=MOST_PIXELS).pixels
    except (InvalidInput, OSError):
        return False
    found = pixels_id(pixels)
    return any(one.id == found for one in tree.stored)


def _settled(tree: FileTree, masks: Sequence[str]) -> StoredMasks:
    """Give each image its masks; those that may be of several images, or are of several folders, to none."""
    by_file: dict[str, list[StoredImage]] = defaultdict(list)
    for image in tree.stored:
        by_file[image.file].append(image)

    def fits(file: str, mask: str) -> bool:
        size = size_of(tree.path(mask))
        return size is None or any(one.size == size for one in by_file[file])

    pairs = pair(list(by_file), masks, fits=fits)
    found = StoredMasks()
    for mask, files in pairs.ambiguous.items():
        found.skipped.append(_of_two(mask, files))
    for file, of_file in pairs.of_image.items():
        doubled = [mask for mask, image in pairs.doubled.items() if image == file]
        rivals = [mask for mask in doubled if folder_key(mask) != folder_key(of_file[0])]
        if rivals:
            found.skipped.extend(_of_one(mask, file) for mask in (*of_file, *doubled))
            continue
        found.skipped.extend(_second(mask, file, of_file[0]) for mask in doubled)
        _give(tree, by_file[file], of_file, found)
    if found.names:
        alone = (name for name in pairs.alone if name not in tree.images())  # pictures are held back by name
        found.skipped.extend(map(_alone, alone))
    return found


def _give(tree: FileTree, images: Sequence[StoredImage], masks: Sequence[str], found: StoredMasks) -> None:
    """Give masks to the one image of a file's name that has their size, or to all pages of the file."""
    pages = sorted(images, key=lambda one: one.page or 0)
    if len(images) == 1 or [one.page for one in pages] == list(range(1, len(pages) + 1)):
        found.of_images.append((pages, masks))
        return
    of_image: dict[str, list[str]] = defaultdict(list)
    for mask in masks:
        size = size_of(tree.path(mask))
        same = [one for one in images if one.size == size]
        if len(same) == 1:
            of_image[same[0].id].append(mask)
        else:
            found.skipped.append(_of_two(mask, [f"{len(images)} images called {images[0].filename}"]))
    found.of_images.extend(([one], of_image[one.id]) for one in images if one.id in of_image)


def _alone(mask: str) -> Skipped:
    return Skipped(mask, f"mask {mask} has no image of that name", "mask_alone", EntryKind.FILE)


def _of_two(mask: str, images: Sequence[str]) -> Skipped:
    why = f"mask {mask} may be of {' or of '.join(images[:3])}"
    return Skipped(mask, why, "mask_of_two", EntryKind.FILE)


def _of_one(mask: str, image: str) -> Skipped:
    why = f"{image} has masks in several folders, and nobody can tell which one is its"
    return Skipped(mask, why, "masks_of_one", EntryKind.FILE)


def _second(mask: str, image: str, first: str) -> Skipped:
    return Skipped(mask, f"{image} has another mask, {first}", "second_mask", EntryKind.FILE)
