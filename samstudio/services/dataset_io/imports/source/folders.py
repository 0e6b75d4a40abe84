"""Folders of images and label masks on a disk: which files there are and which belong together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from samstudio.domain import InvalidInput, Rle
from samstudio.masks import Mask, decode_rle
from samstudio.services.dataset_io.label_masks import objects_of_file
from samstudio.services.images.decoding import Pixels, decode_image
from samstudio.services.images.file_types import IMAGE_SUFFIXES, READABLE


@dataclass(frozen=True, eq=False)
class LabelledImage:
    """One image with its objects: ``pixels`` uint8 HxWx3 RGB, ``rles`` one an object, by label value."""

    name: str
    pixels: Pixels
    rles: tuple[Rle, ...]

    @property
    def masks(self) -> list[Mask]:
        """The objects as bool HxW masks."""
        return [decode_rle(rle) for rle in self.rles]


def checked_folder(folder: Path, *, what: str) -> Path:
    """Return the folder; ``what`` says in the sentence which one it is.

    Raises:
        InvalidInput: It does not exist, or is no folder.
    """
    if not folder.is_dir():
        why = "is not a folder" if folder.exists() else "does not exist"
        raise InvalidInput(f"the {what} folder {folder} {why}")
    return folder


def visible_files(folder: Path) -> list[Path]:
    """List the files directly in a folder, by name, without hidden ones."""
    return sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith("."))


def image_files(folder: Path) -> list[Path]:
    """List the files directly in a folder that are named like images, by name.

    Raises:
        InvalidInput: The folder is missing or has none.
    """
    found = [p for p in visible_files(checked_folder(folder, what="images")) if is_image_name(p)]
    if not found:
        raise InvalidInput(f"{folder} holds no image: {READABLE} files can be read")
    return found


def is_image_name(path: Path) -> bool:
    """Tell whether a file is named like an image that can be read."""
    return path.suffix.lower() in IMAGE_SUFFIXES


def mask_files(folder: Path) -> dict[str, Path]:
    """Return a folder's label PNGs by stem.

    Raises:
        InvalidInput: The folder is missing.
    """
    files = visible_files(checked_folder(folder, what="masks"))
    return {path.stem: path for path in files if path.suffix.lower() == ".png"}


def labelled_folder(
    images: Path, masks: Path, *, max_pixels: int, skipped: list[tuple[str, str]] | None = None
) -> Iterator[LabelledImage]:
    """Read every image that has a mask of the same stem, by name; store nothing.

    Args:
        images: The folder of images.
        masks: The folder of label PNGs.
        max_pixels: The largest image accepted.
        skipped: Gets (name, why) of each pair that cannot be read; None: such a pair is an error.

    Raises:
        InvalidInput: A folder is missing, or the first holds no image; without ``skipped``, also when a
            pair cannot be read.
    """
    by_stem = mask_files(masks)
    for path in image_files(images):
        if path.stem not in by_stem:
            continue
        try:
            yield _labelled(path, by_stem[path.stem], max_pixels)
        except InvalidInput as error:
            if skipped is None:
                raise
            skipped.append((path.name, str(error)))


def _labelled(path: Path, mask: Path, max_pixels: int) -> LabelledImage:
    pixels = decode_image(path.read_bytes(), filename=path.name, max_pixels=max_pixels).pixels
    height, width, _ = pixels.shape
    found = objects_of_file(mask, size=(height, width))
    return LabelledImage(path.name, pixels, tuple(each.rle for each in found.objects))
