"""The text files of a YOLO folder that list images: for training, for validation."""

from __future__ import annotations

from collections.abc import Set
from pathlib import PurePosixPath

from samstudio.services.dataset_io.imports.reading import EntryKind, Reading, Skipped
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.images.file_types import IMAGE_SUFFIXES


def read_lists(tree: FileTree, reading: Reading, *, labels: Set[str]) -> None:
    """Read the lists of images: one of them that is not there is told.

    Args:
        tree: The files.
        reading: Gets the lists as used, and what is missing as skipped.
        labels: Names of text files that are known to be no lists.
    """
    there = {_stem(image.name).casefold() for image in reading.images}
    missing: dict[str, str] = {}
    for name in (name for name in tree.with_suffix(".txt", ".data") if name not in labels):
        lines = tree.head(name, 10_000_000).decode("utf-8-sig", errors="replace").splitlines()
        lines = [line.strip() for line in lines if line.strip()]
        if name.endswith(".data") and lines and "=" in lines[0]:
            reading.used.add(name)
        elif _lists_images(lines, there):
            reading.used.add(name)
            missing |= {
                line: name for line in lines if _stem(line.replace("\\", "/")).casefold() not in there
            }
    reading.skipped += [
        Skipped(line, f"{line} is listed in {name} but not there", "image_missing", EntryKind.IMAGE)
        for line, name in missing.items()
    ]


def _lists_images(lines: list[str], there: Set[str]) -> bool:
    """Tell whether lines are paths of images, and not sentences: one at least is there."""
    paths = all(line.casefold().endswith(tuple(IMAGE_SUFFIXES)) and ": " not in line for line in lines)
    return paths and any(_stem(line).casefold() in there for line in lines)


def _stem(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).stem
