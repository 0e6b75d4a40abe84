"""Pictures that are masks of other pictures, though they lie among them."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image as Picture

from samstudio.masks.png import LABEL_MODES
from samstudio.services.dataset_io.imports.file_tree import FileTree, shared_folders

FORMATS = ("PNG", "BMP", "TIFF")
MOST_PIXELS = 200_000_000
"""Larger pictures are not decoded to be looked at."""

FLAT = 0.9
"""In a mask, at least this share of pixels equals the pixel to the left; photographs have much less."""

_ENDING = re.compile(r"[ ._-]*(masks?|labels?|seg|segmentation|gt|instances?|annotations?)$", re.IGNORECASE)


def masks_among(tree: FileTree) -> dict[str, str]:
    """Return, by the name of each picture that looks like a mask, the image that it belongs to.

    It has the image's name, or that name with an ending such as ``_mask``, the image's size, one value a
    pixel, and wide areas of equal values.
    """
    by_stem: dict[str, list[str]] = defaultdict(list)
    for name in tree.images():
        by_stem[image_stem(name).casefold()].append(name)
    found: dict[str, str] = {}
    for names in by_stem.values():
        if len(names) > 1:
            found |= _paired(tree, names)
    return found


def image_stem(name: str) -> str:
    """Return a file's name without folders, suffix and an ending that says that it is a mask."""
    stem = PurePosixPath(name).stem
    return _ENDING.sub("", stem) or stem


def looks_like_mask(path: Path) -> bool:
    """Tell whether a picture has one value a pixel and wide areas of equal values."""
    try:
        with Picture.open(path, formats=FORMATS) as picture:
            if picture.mode not in LABEL_MODES or picture.width * picture.height > MOST_PIXELS:
                return False
            values = np.asarray(picture)
    except Exception:  # Pillow raises a dozen types on damaged files; decoding says later what is wrong
        return False
    return values.shape[1] > 1 and float(np.mean(values[:, 1:] == values[:, :-1])) >= FLAT


def _paired(tree: FileTree, names: list[str]) -> dict[str, str]:
    masks = [name for name in names if looks_like_mask(tree.path(name))]
    pictures = [name for name in names if name not in masks]
    pairs = {}
    for mask in masks:
        same = [name for name in pictures if _size(tree.path(name)) == _size(tree.path(mask))]
        if same:
            pairs[mask] = max(same, key=partial(shared_folders, mask))
    return pairs


def _size(path: Path) -> tuple[int, int] | None:
    try:
        with Picture.open(path) as picture:
            return picture.size
    except Exception:  # as above
        return None
