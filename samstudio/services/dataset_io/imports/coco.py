"""COCO instance files: polygons and run-lengths, by image; see cocodataset.org/#format-data."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pycocotools import mask as coco

from samstudio.domain import InvalidInput, Size
from samstudio.masks import RunLengths, usable_mask
from samstudio.services.annotations.categories import checked_name
from samstudio.services.dataset_io.imports.folders import visible_files
from samstudio.services.dataset_io.imports.format import ImportFormat
from samstudio.services.dataset_io.imports.sources import FoundObject, FoundObjects, Skipped, split_by_name

FAR = 10
"""A polygon may leave its image by this many times the image's side; beyond that it is a mistake."""


class CocoFile:
    """The objects of a COCO JSON file, found by each image's ``file_name``."""

    def __init__(self, path: Path, *, images: Path) -> None:
        """Read and index ``path``; ``images`` is the folder that its ``file_name`` are in.

        Raises:
            InvalidInput: The file cannot be read, or is no COCO instances file.
        """
        self._path = path
        self._folder = images
        document = _document(path)
        self._categories = {entry.get("id"): str(entry.get("name")) for entry in document["categories"]}
        self._entries = {self._located(entry): entry for entry in document["images"]}
        self._annotations: dict[Any, list[Mapping[str, Any]]] = defaultdict(list)
        for annotation in document["annotations"]:
            self._annotations[annotation.get("image_id")].append(annotation)

    def images(self, folder: Path) -> tuple[list[Path], list[Skipped]]:
        """Return the folder's image files and those that the file lists in folders below it, by name."""
        files = [path for path in visible_files(folder) if path.resolve() != self._path.resolve()]
        below = [path for path in self._entries if path.is_file() and path.parent != folder]
        names, others = split_by_name(files)
        return sorted([*names, *below]), others

    def objects(self, path: Path, size: Size) -> FoundObjects:
        """Return the annotations of the image at ``path``, whose decoded size is (H, W).

        Raises:
            InvalidInput: The file gives the image another size.
        """
        entry = self._entries.get(path)
        found = FoundObjects()
        if entry is None:
            why = f"is not listed in {self._path.name}; the image came in without objects"
            found.skipped.append((path.name, f"{path.name} {why}"))
            return found
        _check_size(entry, path.name, size, self._path.name)
        for annotation in self._annotations[entry.get("id")]:
            try:
                found.objects.append(self._object(annotation, size))
            except InvalidInput as error:
                found.skipped.append(
                    (path.name, f"annotation {annotation.get('id')} of {path.name}: {error}")
                )
        return found

    def unmatched(self, paths: Sequence[Path]) -> list[Skipped]:
        """Name the images that the file lists and that are not there."""
        missing = set(self._entries) - set(paths)
        return sorted(
            (path.name, f"{path.name} is listed in {self._path.name} but not there") for path in missing
        )

    def _located(self, entry: Mapping[str, Any]) -> Path:
        """Return where an entry's image is: below the images folder, whatever folder its name was made in."""
        name = str(entry.get("file_name", "")).replace("\\", "/")
        path = self._folder / name
        inside = path.resolve().is_relative_to(self._folder.resolve())
        return path if inside and path.is_file() else self._folder / Path(name).name

    def _object(self, annotation: Mapping[str, Any], size: Size) -> FoundObject:
        if annotation.get("iscrowd"):
            raise InvalidInput("it is a crowd region (iscrowd 1), many objects in one mask")
        category = self._categories.get(annotation.get("category_id"))
        if category is None:
            raise InvalidInput(f"the file has no category {annotation.get('category_id')!r}")
        mask = _mask(annotation.get("segmentation"), size)
        return FoundObject(checked_name(category), mask.to_rle())


def _document(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Read the three lists of a COCO file, each holding JSON objects.

    Raises:
        InvalidInput: The file cannot be read, or lacks one of them.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput(f"the COCO file {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise InvalidInput(f"the COCO file {path} is not JSON: {error}") from error
    lists = {}
    for name in ("images", "annotations", "categories"):
        entries = document.get(name) if isinstance(document, dict) else None
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise InvalidInput(f"{path} is not a COCO instances file: it has no list of {name}")
        lists[name] = entries
    return lists


def _check_size(entry: Mapping[str, Any], name: str, size: Size, source: str) -> None:
    height, width = size
    given = (entry.get("height", height), entry.get("width", width))
    if given != size:
        raise InvalidInput(
            f"{name} is {width}x{height} pixels but {source} says {given[1]}x{given[0]}: "
            "its annotations are for another size"
        )


def _mask(segmentation: Any, size: Size) -> RunLengths:
    """Read a mask in any of COCO's three notations: polygons, RLE, compressed RLE.

    Raises:
        InvalidInput: There is none, or it cannot be used.
    """
    if isinstance(segmentation, Mapping):
        return usable_mask(segmentation, size)
    if isinstance(segmentation, list) and segmentation:
        height, width = size
        polygons = [_polygon(points, size) for points in segmentation]
        merged = coco.merge(coco.frPyObjects(polygons, height, width))
        return usable_mask({"size": [height, width], "counts": merged["counts"]}, size)
    raise InvalidInput("it has no mask (no segmentation)")


def _polygon(points: Any, size: Size) -> list[float]:
    """Return one polygon's x, y, x, y, …, checked: pycocotools takes four numbers for a box, and any size.

    Raises:
        InvalidInput: It is no list of numbers, has fewer than 3 points, or lies far outside the image.
    """
    far = FAR * max(size)
    try:
        numbers = [float(value) for value in points]
    except (TypeError, ValueError) as error:
        raise InvalidInput("one of its polygons is not a list of numbers") from error
    if len(numbers) < 6 or len(numbers) % 2:
        raise InvalidInput("one of its polygons has fewer than 3 points")
    if not all(math.isfinite(value) and abs(value) <= far for value in numbers):
        raise InvalidInput("one of its polygons lies far outside the image")
    return numbers


COCO = ImportFormat(
    name="coco",
    label="COCO",
    description="a COCO annotation file",
    open=lambda request: CocoFile(request.source, images=request.images),
)
