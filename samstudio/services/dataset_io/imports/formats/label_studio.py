"""Label Studio: JSON and JSON-MIN exports with brushes, polygons, ellipses and rectangles.

Source: ``label_studio_sdk.converter``. Positions are percents of the image's sides. They
belong to the image as it is stored, upright, whatever ``image_rotation`` says: turning
the view moves no region.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from samstudio.domain import AnnotationStatus, InvalidInput, Point, Size
from samstudio.masks.brush import mask_of_brush
from samstudio.masks.shapes import ellipse_points, turned
from samstudio.services.dataset_io.imports.formats.format import (
    ImportFormat,
    ImportRequest,
    Recognised,
    Sureness,
)
from samstudio.services.dataset_io.imports.masks.png_masks import mask_of_opacity
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
    placed_part,
    polygon_part,
)
from samstudio.services.dataset_io.imports.parsing.label_studio_configuration import listed_labels
from samstudio.services.dataset_io.imports.parsing.label_studio_tasks import (
    FILES,
    Annotation,
    Region,
    Task,
    tasks_of,
)
from samstudio.services.dataset_io.imports.parsing.values import number, size_of
from samstudio.services.dataset_io.imports.reading import EntryKind, FoundObject, Reading, Skipped
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.label_masks.sizes import OtherSize

NOT_SUBMITTED = {
    "cancelled": "its annotation was cancelled in Label Studio",
    "draft": "it is a draft that was never submitted in Label Studio",
}
SECOND = "its image has an annotation before this one; the two may show the same objects"
SAME_SHAPE = 0.01
"""By how much the ratio of an image's sides may differ from that of the image that was annotated."""


def recognise_label_studio(tree: FileTree) -> Recognised | None:
    """Claim files among which is an export of Label Studio."""
    name = next(FILES.names(tree), None)
    return Recognised(Sureness.CERTAIN, f"{name} is an export of Label Studio") if name else None


def read_label_studio(tree: FileTree, request: ImportRequest) -> Reading:
    """Find the images of the tasks that Label Studio exported, and those that lie beside them.

    Raises:
        InvalidInput: There is no export of Label Studio, or the one that was named cannot be used.
    """
    images = AnnotatedImages(tree, noun="the Label Studio export")
    used, categories = listed_labels(tree)
    documents = 0
    skipped: list[Skipped] = []
    for name, document in FILES.documents(tree, request.source, skipped):
        documents += 1
        used.append(name)
        for task in tasks_of(document):
            if isinstance(task, str):
                why = "it is no task of Label Studio"
                skipped.append(Skipped(f"{task} of {name}", why, code="no_entry", kind=EntryKind.IMAGE))
                continue
            categories += [
                label for made in task.annotations for one in made.regions for label in one.labels[:1]
            ]
            _add(task, name, request.category, images, skipped)
    if not documents:
        raise InvalidInput(f"{tree.title or 'the source'} holds no export of Label Studio")
    return images.reading(used=used, categories=categories, skipped=skipped)


def _add(task: Task, document: str, category: str, images: AnnotatedImages, skipped: list[Skipped]) -> None:
    """Add each image of a task with its regions."""
    for index, names in enumerate(task.images):
        if not names:
            continue
        objects, left = _entries(task, category, index)
        images.add(ImageEntry(names[0], document, objects, skipped=left, also=names[1:]))
    known = [bool(names) for names in task.images]
    if not any(known):
        why = "it names no image"
        skipped.append(Skipped(f"{task.title} of {document}", why, code="no_image", kind=EntryKind.IMAGE))
    skipped += [
        Skipped(f"{region.label} of {task.title}", "its task has no such image", code="no_image")
        for made in task.annotations
        for region in made.regions
        if not (0 <= region.item < len(known) and known[region.item])
    ]


def _entries(task: Task, category: str, index: int) -> tuple[list[ObjectEntry], list[Skipped]]:
    """Return the regions of one image of a task, and those of them that are left out."""
    objects: list[ObjectEntry] = []
    skipped: list[Skipped] = []
    seen = 0
    for made in task.annotations:
        regions = [region for region in made.regions if region.item == index]
        why = NOT_SUBMITTED.get("cancelled" if made.cancelled else made.kind)
        if why:
            code = "cancelled" if made.cancelled else made.kind
            skipped += [Skipped(f"{one.label} of {task.title}", why, code=code) for one in regions]
        else:
            doubt = SECOND if made.kind == "annotation" and seen else ""
            seen += made.kind == "annotation"
            objects += [_entry(region, made, category, doubt) for region in regions]
        if made.others and index == 0:
            why = "it is no region of the image: a choice, a text, a relation or the like"
            name = f"{made.title} of {task.title}"
            skipped.append(Skipped(name, why, code="no_region", count=made.others))
    return objects, skipped


def _entry(region: Region, made: Annotation, category: str, doubt: str) -> ObjectEntry:
    status = AnnotationStatus.PROPOSED if made.kind == "prediction" else None
    return ObjectEntry(region.label, partial(_object, region, category, status, doubt))


def _object(
    region: Region, category: str, status: AnnotationStatus | None, doubt: str, size: Size
) -> FoundObject:
    """Read one region.

    Raises:
        InvalidInput: It has no area, is of an image of another shape, or cannot be used.
    """
    remark = _check_size(region, size)
    found = joined(region.label, region.labels[0] if region.labels else category, [_part(region, size)])
    if len(region.labels) > 1:
        doubt = "; ".join(filter(None, (doubt, f"it has {len(region.labels)} labels; the first was taken")))
    doubts = "; ".join(filter(None, (found.doubt, remark, doubt)))
    code = "second_annotation" if doubt == SECOND and doubts == SECOND else found.code
    return replace(found, status=status or found.status, doubt=doubts, code=code)


def _check_size(region: Region, size: Size) -> str:
    """Return a remark where the annotated image was larger or smaller.

    Raises:
        OtherSize: It had another shape.
    """
    given = size_of(region.width, region.height)
    if given in (None, size) or given is None:
        return ""
    sizes = f"it was drawn on an image of {given[1]}x{given[0]} pixels and this one is {size[1]}x{size[0]}"
    ratio = (given[1] / given[0]) / (size[1] / size[0])
    if abs(ratio - 1) > SAME_SHAPE:
        raise OtherSize(sizes)
    return sizes


def _part(region: Region, size: Size) -> DrawnPart:
    value = region.value
    for key, read in _READERS.items():
        if key in value:
            return read(value, size)
    if "keypointlabels" in value:
        raise InvalidInput("it is a point, which has no area")
    raise InvalidInput("it is no brush, polygon, ellipse or rectangle")


def _brush(value: Mapping[str, Any], size: Size) -> DrawnPart:
    rle = value["rle"]
    if not isinstance(rle, bytes):
        raise InvalidInput("its rle is no list of bytes")
    return placed_part(mask_of_brush(rle, size=size), left=0, top=0, size=size)


def _bitmask(value: Mapping[str, Any], size: Size) -> DrawnPart:
    return placed_part(mask_of_opacity(value["imageDataURL"], size=size), left=0, top=0, size=size)


def _polygon(value: Mapping[str, Any], size: Size) -> DrawnPart:
    points = value["points"]
    if not isinstance(points, list) or not all(isinstance(p, list) and len(p) == 2 for p in points):
        raise InvalidInput("its points are no list of pairs")
    placed = [(_across(x, size, "point"), _down(y, size, "point")) for x, y in points]
    return line_part(placed, size) if value.get("closed") is False else polygon_part(placed, size)


def _ellipse(value: Mapping[str, Any], size: Size) -> DrawnPart:
    centre = (_across(value.get("x"), size, "x"), _down(value.get("y"), size, "y"))
    radii = (_across(value["radiusX"], size, "radiusX"), _down(value.get("radiusY"), size, "radiusY"))
    degrees = number(value.get("rotation") or 0, "rotation")
    return polygon_part(ellipse_points(centre, radii, degrees=degrees), size)


def _rectangle(value: Mapping[str, Any], size: Size) -> DrawnPart:
    """Read a rectangle; one that is turned is turned about its upper left corner."""
    x, y = _across(value.get("x"), size, "x"), _down(value.get("y"), size, "y")
    width, height = _across(value.get("width"), size, "width"), _down(value["height"], size, "height")
    corners: list[Point] = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    degrees = number(value.get("rotation") or 0, "rotation")
    return DrawnPart(box=box_around(turned(corners, about=(x, y), degrees=degrees), size))


def _across(value: Any, size: Size, what: str) -> float:
    return number(value, what) * size[1] / 100


def _down(value: Any, size: Size, what: str) -> float:
    return number(value, what) * size[0] / 100


_READERS: dict[str, Callable[[Mapping[str, Any], Size], DrawnPart]] = {
    "rle": _brush,
    "imageDataURL": _bitmask,
    "points": _polygon,
    "radiusX": _ellipse,
    "height": _rectangle,
}


LABEL_STUDIO = ImportFormat(
    name="label-studio",
    label="Label Studio",
    description="a Label Studio export, JSON or JSON-MIN",
    recognise=recognise_label_studio,
    read=read_label_studio,
)
