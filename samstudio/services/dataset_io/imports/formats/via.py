"""VGG Image Annotator (VIA) 1 and 2: a project, or its annotations as JSON or as CSV.

Positions are in pixels of the image. A polygon is filled as pycocotools does, whose
format VIA exports.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from samstudio.domain import InvalidInput, Point, Size
from samstudio.masks.shapes import ellipse_points
from samstudio.services.dataset_io.imports.formats.format import (
    ImportFormat,
    ImportRequest,
    Recognised,
    Sureness,
)
from samstudio.services.dataset_io.imports.parsing.annotated_images import (
    AnnotatedImages,
    ImageEntry,
    ObjectEntry,
)
from samstudio.services.dataset_io.imports.parsing.drawn_parts import (
    DrawnPart,
    box_around,
    joined,
    line_part,
    polygon_part,
)
from samstudio.services.dataset_io.imports.parsing.urls import path_of
from samstudio.services.dataset_io.imports.parsing.values import category_name, fields, number
from samstudio.services.dataset_io.imports.parsing.via_files import (
    JSON,
    ViaImage,
    ViaRegion,
    csv_images,
    csv_names,
    json_images,
    options_of,
)
from samstudio.services.dataset_io.imports.reading import EntryKind, FoundObject, Reading, Skipped
from samstudio.services.dataset_io.imports.source.file_tree import FileTree

LABELS = ("label", "class", "name", "category", "type", "object", "class_name", "object_name")
"""Attributes that people name an object's category by, the likeliest first."""


def recognise_via(tree: FileTree) -> Recognised | None:
    """Claim files among which is a project of VIA or its annotations."""
    name = next(csv_names(tree), None) or next(JSON.names(tree), None)
    return Recognised(Sureness.CERTAIN, f"{name} holds annotations of VIA") if name else None


def read_via(tree: FileTree, request: ImportRequest) -> Reading:
    """Find the images that VIA's files name, and those that lie beside them.

    Raises:
        InvalidInput: There is no file of VIA, or the one that was named cannot be used.
    """
    images = AnnotatedImages(tree, noun="the VIA file")
    used: list[str] = []
    categories: list[str] = []
    skipped: list[Skipped] = []
    for name, offered, found in _files(tree, request, skipped):
        used.append(name)
        categories += offered
        for image in found:
            if isinstance(image, str) or not path_of(image.filename).strip(" /"):
                title = f"{image if isinstance(image, str) else 'an image'} of {name}"
                why = "it has no file name"
                skipped.append(Skipped(title, why, code="no_file_name", kind=EntryKind.IMAGE))
                skipped += _without_image(image, title)
                continue
            categories += [_category(one.attributes, "")[0] for one in image.regions]
            objects = [
                ObjectEntry(f"region {place}", partial(_object, place, one, request.category))
                for place, one in enumerate(image.regions, start=1)
            ]
            images.add(ImageEntry(path_of(image.filename), name, objects))
    if not used:
        raise InvalidInput(f"{tree.title or 'the source'} holds no file of VIA 1 or 2")
    return images.reading(used=used, categories=filter(None, categories), skipped=skipped)


def _without_image(image: ViaImage | str, title: str) -> list[Skipped]:
    count = 0 if isinstance(image, str) else len(image.regions)
    return [Skipped(title, "its image has no file name", code="no_image", count=count)] if count else []


def _files(
    tree: FileTree, request: ImportRequest, skipped: list[Skipped]
) -> Iterator[tuple[str, list[str], Iterator[ViaImage | str]]]:
    """Yield for each file its name, the categories that it offers, and its images."""
    source = request.source
    if source is not None and source.suffix.casefold() == ".csv":
        yield tree.name_of(source) or source.name, [], iter(csv_images(source, name=str(source)))
        return
    searched = FileTree.of(source) if source is not None and source.is_dir() else tree
    for name in csv_names(searched) if source is None or source.is_dir() else ():
        path = searched.path(name)
        try:
            yield tree.name_of(path) or name, [], iter(csv_images(path, name=name))
        except InvalidInput as error:
            skipped.append(Skipped(name, str(error), kind=EntryKind.FILE))
    for name, document in JSON.documents(tree, source, skipped):
        yield name, _offered(document), json_images(document)


def _offered(document: Any) -> list[str]:
    """Return the categories that a project offers, in its order."""
    options = options_of(document)
    name = _attribute(options)
    return options[name] if name else []


def _attribute(attributes: Mapping[str, Any]) -> str | None:
    """Return the attribute that names the category: the only one, or one that people name so."""
    if len(attributes) == 1:
        return next(iter(attributes))
    by_name = {str(name).strip().casefold(): name for name in reversed(list(attributes))}
    return next((by_name[name] for name in LABELS if name in by_name), next(iter(attributes), None))


def _category(attributes: Any, default: str) -> tuple[str, str]:
    """Return the category that a region's attributes name, and a doubt where they name several."""
    filled = {
        name: value
        for name, value in (attributes.items() if isinstance(attributes, Mapping) else ())
        if isinstance(value, str | int | float | Mapping)
        and not isinstance(value, bool)
        and str(value).strip()
    }
    name = _attribute(filled)
    value = filled[name] if name else default
    if not isinstance(value, Mapping):
        return category_name(value) if str(value).strip() else default, ""
    chosen = [str(option) for option, on in value.items() if on is True]  # of a checkbox
    doubt = f"it has {len(chosen)} labels; the first was taken" if len(chosen) > 1 else ""
    return (chosen[0] if chosen else default), doubt


def _object(place: int, region: ViaRegion, category: str, size: Size) -> FoundObject:
    """Read one region.

    Raises:
        InvalidInput: It has no area, or cannot be used.
    """
    if region.problem:
        raise InvalidInput(region.problem)
    shape = fields(region.shape, "shape")
    kind = shape.get("name")
    read = _READERS.get(kind) if isinstance(kind, str) else None
    if read is None:
        raise InvalidInput(
            "it is a point, which has no area" if kind == "point" else "its shape is not known"
        )
    name, doubt = _category(region.attributes, category)
    found = joined(f"region {place}", name, [read(shape, size)])
    return replace(found, doubt="; ".join(filter(None, (found.doubt, doubt))))


def _points(shape: Mapping[str, Any]) -> list[Point]:
    xs, ys = shape.get("all_points_x"), shape.get("all_points_y")
    if not isinstance(xs, list) or not isinstance(ys, list) or len(xs) != len(ys) or not xs:
        raise InvalidInput("its points are no two lists of one length")
    return [(number(x, "point"), number(y, "point")) for x, y in zip(xs, ys, strict=True)]


def _polygon(shape: Mapping[str, Any], size: Size) -> DrawnPart:
    return polygon_part(_points(shape), size)


def _polyline(shape: Mapping[str, Any], size: Size) -> DrawnPart:
    return line_part(_points(shape), size)


def _circle(shape: Mapping[str, Any], size: Size) -> DrawnPart:
    cx, cy, radius = (number(shape.get(key), key) for key in ("cx", "cy", "r"))
    return polygon_part(ellipse_points((cx, cy), (radius, radius)), size)


def _ellipse(shape: Mapping[str, Any], size: Size) -> DrawnPart:
    """Read an ellipse; ``theta`` is in radians, as a canvas turns it."""
    cx, cy, rx, ry = (number(shape.get(key), key) for key in ("cx", "cy", "rx", "ry"))
    degrees = math.degrees(number(shape.get("theta") or 0, "theta"))
    return polygon_part(ellipse_points((cx, cy), (rx, ry), degrees=degrees), size)


def _rectangle(shape: Mapping[str, Any], size: Size) -> DrawnPart:
    x, y, width, height = (number(shape.get(key), key) for key in ("x", "y", "width", "height"))
    return DrawnPart(box=box_around([(x, y), (x + width, y + height)], size))


_READERS: dict[str, Callable[[Mapping[str, Any], Size], DrawnPart]] = {
    "polygon": _polygon,
    "polyline": _polyline,
    "circle": _circle,
    "ellipse": _ellipse,
    "rect": _rectangle,
}


VIA = ImportFormat(
    name="via",
    label="VIA",
    description="a project or annotations of VGG Image Annotator 1 or 2, JSON or CSV",
    recognise=recognise_via,
    read=read_via,
)
