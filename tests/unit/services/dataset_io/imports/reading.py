"""Reading a small source in a test, with every entry counted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from samstudio.domain import Size
from samstudio.masks import Mask, RunLengths, encode_rle
from samstudio.masks.brush import brush_of_mask
from samstudio.services.dataset_io.imports.formats import ImportRequest
from samstudio.services.dataset_io.imports.reading import FoundObject, Reading
from samstudio.services.dataset_io.imports.source.file_tree import FileTree

Reader = Callable[[FileTree, ImportRequest], Reading]


def image_folder(folder: Path, *names: str) -> Path:
    """Make files that are named like images; readers decode none."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"not read here")
    return folder


def write_json(path: Path, document: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))


def of_image(reading: Reading, name: str, size: Size) -> tuple[list[FoundObject], list[str]]:
    """The objects of an image and a sentence for each entry left out; every entry has one outcome."""
    (image,) = [image for image in reading.images if image.name == name]
    found = image.objects(size)
    assert image.entries == len(found.objects) + sum(each.count for each in found.skipped)
    return found.objects, [f"{each.name}: {each.why}" for each in found.skipped]


def brush(mask: Mask) -> bytes:
    """A mask as Label Studio's brush."""
    return brush_of_mask(RunLengths.parse(encode_rle(mask)))
