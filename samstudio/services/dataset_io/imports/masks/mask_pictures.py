"""Pictures that are masks of other pictures, though they lie among them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from weakref import WeakKeyDictionary

import cv2
import numpy as np
from PIL import Image as Picture

from samstudio.domain import Size
from samstudio.masks.png import LABEL_MODES
from samstudio.services.dataset_io.imports.masks.pairing import Pairs, pair
from samstudio.services.dataset_io.imports.masks.roles import Role, folded, folder_key, folder_role, says_mask
from samstudio.services.dataset_io.imports.source.file_tree import FileTree

FORMATS = ("PNG", "BMP", "TIFF")
FORMATS_BY_NAME = (*FORMATS, "GIF", "WEBP", "JPEG")
"""A file whose name says that it is a mask may be of these, and have colours."""

MOST_PIXELS = 200_000_000
"""Larger pictures are not decoded to be looked at."""

FLAT = 0.9
"""In a mask, at least this share of pixels equals the pixel to the left; photographs have much less."""

JPEG_NOISE = 2
"""Values of a mask that was saved as JPEG differ by so much where they were equal."""

_pairs: WeakKeyDictionary[FileTree, Pairs] = WeakKeyDictionary()


def masks_among(tree: FileTree) -> dict[str, str]:
    """Return, by the name of each picture that is a mask of another one, that image's name."""
    pairs = paired_pictures(tree)
    return {mask: image for image, masks in pairs.of_image.items() for mask in masks}


def masks_alone(tree: FileTree) -> list[str]:
    """Return the pictures that look like masks and lie in a folder of masks, but are of no other picture."""
    pairs = paired_pictures(tree)
    names = pairs.alone
    if _is_mask_folder(tree):
        paired = {*pairs.of_image, *masks_among(tree), *pairs.ambiguous, *pairs.doubled}
        names = [name for name in tree.images() if name not in paired]
    return [name for name in names if looks_like_mask(tree.path(name), coloured=True)]


def in_mask_folder(tree: FileTree, name: str) -> bool:
    """Tell whether a file lies in a folder of masks, which may be the one that is imported."""
    role = folder_role(name)
    return role is Role.MASK or (role is None and _is_mask_folder(tree))


def _is_mask_folder(tree: FileTree) -> bool:
    return ", " not in tree.title and folder_role(f"{PurePosixPath(tree.title).name}/name") is Role.MASK


def paired_pictures(tree: FileTree) -> Pairs:
    """Pair the pictures of a tree that are masks with the others.

    Masks are those in a folder such as ``masks``; those with a name such as ``a_mask.png``, and those of
    the name of another picture beside them, where they look like one. A tree's pairs are kept as long
    as the tree: recognising a format and reading it look at each picture once.
    """
    if tree not in _pairs:
        _pairs[tree] = _paired(tree)
    return _pairs[tree]


def _paired(tree: FileTree) -> Pairs:
    names = tree.images()
    masks = [name for name in names if folder_role(name) is Role.MASK]
    others = [name for name in names if folder_role(name) is not Role.MASK]
    if not others:
        return Pairs(alone=masks)
    beside = {*_masks_by_name(tree, others), *_masks_by_look(tree, others)}
    images = [name for name in others if name not in beside]
    candidates = [name for name in names if name in beside or name in set(masks)]
    return pair(images, candidates, fits=lambda image, mask: same_size(tree.path(image), tree.path(mask)))


def looks_like_mask(path: Path, *, coloured: bool = False) -> bool:
    """Tell whether a picture has wide areas of equal values, and one value a pixel.

    ``coloured``: whether it may also have colours, and be a JPEG.
    """
    try:
        with Picture.open(path, formats=FORMATS_BY_NAME if coloured else FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return False
            if picture.mode not in LABEL_MODES and not coloured:
                return False
            noise = JPEG_NOISE if picture.format == "JPEG" else 0
            values = np.asarray(picture)
    except Exception:  # Pillow raises a dozen types on damaged files; decoding says later what is wrong
        return False
    if values.shape[1] < 2:
        return False
    if values.dtype.kind == "f":  # probabilities are flat but for their edges
        values = values.astype(np.int64)
    here, left = values[:, 1:], values[:, :-1]
    flat = cv2.absdiff(here, left) <= noise if noise else here == left
    return bool(np.count_nonzero(flat) >= FLAT * flat.size)


def same_size(one: Path, other: Path) -> bool:
    """Tell whether two pictures have one size, by their headers; True where one is no picture."""
    sizes = size_of(one), size_of(other)
    return None in sizes or sizes[0] == sizes[1]


def size_of(path: Path) -> Size | None:
    """Return a picture's size (H, W) by its header; None where it is no picture."""
    try:
        with Picture.open(path) as picture:
            return picture.height, picture.width
    except Exception:  # as above
        return None


def _masks_by_name(tree: FileTree, names: Sequence[str]) -> list[str]:
    """Return the pictures that are called and look like a mask of another one."""
    called = [name for name in names if says_mask(name)]
    images = [name for name in names if not says_mask(name)]
    pairs = pair(images, called)
    paired = [mask for masks in pairs.of_image.values() for mask in masks]
    return [mask for mask in [*paired, *pairs.ambiguous] if looks_like_mask(tree.path(mask), coloured=True)]


def _masks_by_look(tree: FileTree, names: Sequence[str]) -> list[str]:
    """Return the pictures that look like the mask of another one beside them, with its stem and size."""
    by_stem: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name in names:
        by_stem[folder_key(name), folded(PurePosixPath(name).stem)].append(name)
    found = []
    for same in by_stem.values():
        masks = [name for name in same if len(same) > 1 and looks_like_mask(tree.path(name))]
        images = [name for name in same if name not in masks]
        found += [m for m in masks if any(same_size(tree.path(m), tree.path(image)) for image in images)]
    return found
