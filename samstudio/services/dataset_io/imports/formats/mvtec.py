"""The layout of MVTec AD: ``train/good``, ``test/<defect>``, and masks in ``ground_truth/<defect>``.

The name of a defect is the category of its objects; good images have none. Several
products may lie beside each other, as in the whole of MVTec AD.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.imports.formats.format import (
    ImportFormat,
    ImportRequest,
    Recognised,
    Sureness,
)
from samstudio.services.dataset_io.imports.formats.masks import left_over, masks_alone, with_masks
from samstudio.services.dataset_io.imports.masks.mask_objects import MaskFile, Naming
from samstudio.services.dataset_io.imports.masks.pairing import Pairs, pair
from samstudio.services.dataset_io.imports.masks.stored_pairs import stored_masks
from samstudio.services.dataset_io.imports.reading import FoundImage, Reading
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.label_masks import is_mask_name
from samstudio.text import plural

TRUTH = "ground_truth"
TEST = "test"
IMAGES = ("train", TEST, "validation", "val")
GOOD = ("good", "ok", "normal")
"""Folders of images without a defect, as MVTec AD, BTAD and others call them."""


def recognise_mvtec(tree: FileTree) -> Recognised | None:
    """Claim files that have masks in ``ground_truth/`` beside images in ``test/``."""
    masks = _masks(tree)
    roots = {_root(name, TRUTH) for name in masks} & {_root(name, TEST) for name in tree.images()} - {None}
    if not roots:
        count = len(masks) if _comes_alone(tree, masks) else 0
        why = f"{plural(count, 'mask')} in {TRUTH} of images of the dataset"
        return Recognised(Sureness.CERTAIN, why) if count else None
    return Recognised(Sureness.CERTAIN, f"{plural(len(masks), 'mask')} in {TRUTH} beside {TEST}")


def read_mvtec(tree: FileTree, request: ImportRequest) -> Reading:
    """Find the images of each product, with the masks of their defects.

    Raises:
        InvalidInput: There is no ``ground_truth`` beside ``test``.
    """
    masks = _masks(tree)
    if _comes_alone(tree, masks):
        alone = masks_alone(tree, Naming(lambda mask, _one: _below(mask, TRUTH), request.split_parts))
        alone.categories = list(dict.fromkeys(_below(mask, TRUTH) for mask in masks))
        return alone
    images = [name for name in tree.images() if name not in set(masks) and _kind(name) is not None]
    if not masks or not images:
        raise InvalidInput(
            f"{tree.title or 'the source'} is not laid out as MVTec AD: it needs test/DEFECT "
            "and ground_truth/DEFECT"
        )
    pairs = _paired(images, masks)
    reading = Reading(skipped=left_over(pairs))
    reading.used = {mask for of_image in pairs.of_image.values() for mask in of_image}
    for name in images:
        found = FoundImage(name, tree.path(name))
        files = [MaskFile(mask, tree.path(mask)) for mask in pairs.of_image.get(name, [])]
        if files or _defect(name) is not None:
            found = with_masks(found, files, _naming(_defect(name) or request.category, request))
        reading.images.append(found)
    reading.categories = list(dict.fromkeys(filter(None, map(_defect, images))))
    return reading


def _naming(defect: str, request: ImportRequest) -> Naming:
    return Naming(lambda _mask, _one: defect, request.split_parts)


def _comes_alone(tree: FileTree, masks: list[str]) -> bool:
    """Tell whether there are masks as MVTec AD calls them, and no picture, for images of the dataset."""
    named = all(_below(mask, TRUTH) and PurePosixPath(mask).stem.endswith("_mask") for mask in masks)
    return bool(masks) and named and set(tree.images()) <= set(masks) and bool(stored_masks(tree).names)


def _masks(tree: FileTree) -> list[str]:
    return [name for name in tree if _root(name, TRUTH) is not None and is_mask_name(tree.path(name))]


def _root(name: str, folder: str) -> str | None:
    """Return what lies above the first folder of that name; None where there is none."""
    parts = [part.casefold() for part in PurePosixPath(name).parent.parts]
    return "/".join(PurePosixPath(name).parts[: parts.index(folder)]) if folder in parts else None


def _kind(name: str) -> str | None:
    """Return which of the folders of images a file is in, and None for any other."""
    return next((kind for kind in IMAGES if _root(name, kind) is not None), None)


def _defect(name: str) -> str | None:
    """Return the defect that an image is tested for; None for good images and those to train on."""
    below = _below(name, TEST)
    return below if below and below.casefold() not in GOOD else None


def _below(name: str, folder: str) -> str:
    """Return the folder of a file that is next below the first folder of that name; empty where none is."""
    root = _root(name, folder)
    if root is None:
        return ""
    below = PurePosixPath(name).relative_to(root).parts[1:-1]
    return below[0] if below else ""


def _paired(images: list[str], masks: list[str]) -> Pairs:
    """Pair images below ``test`` with masks below ``ground_truth``, of one product and one defect."""
    tested = {_without(name, TEST): name for name in images if _root(name, TEST) is not None}
    pairs = pair(list(tested), masks)
    return replace(
        pairs,
        of_image={tested[image]: found for image, found in pairs.of_image.items()},
        ambiguous={mask: [tested[image] for image in found] for mask, found in pairs.ambiguous.items()},
        doubled={mask: tested[image] for mask, image in pairs.doubled.items()},
    )


def _without(name: str, folder: str) -> str:
    """Return a name without the first folder of that name."""
    root = _root(name, folder)
    parts = PurePosixPath(name).parts
    above = len(PurePosixPath(root or "").parts)
    return "/".join((*parts[:above], *parts[above + 1 :]))


MVTEC = ImportFormat(
    name="mvtec",
    label="MVTec AD",
    description="train/good, test/DEFECT and ground_truth/DEFECT, as MVTec AD has them",
    recognise=recognise_mvtec,
    read=read_mvtec,
)
