"""labelme: one JSON file an image, with polygons, masks, circles and rectangles.

Source: ``labelme._label_file`` and ``labelme.utils.shape`` of labelme 6. Shapes of one
label and one ``group_id`` are one object, as ``shapes_to_label`` has them.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from samstudio.domain import InvalidInput, Point, Size
from samstudio.masks.shapes import pillow_circle, pillow_polygon
from samstudio.services.dataset_io.imports.formats.format import (
    ImportFormat,
    ImportRequest,
    Recognised,
    Sureness,
)
from samstudio.services.dataset_io.imports.masks.named_alike import NamedAlike
from samstudio.services.dataset_io.imports.masks.png_masks import mask_of_png
from samstudio.services.dataset_io.imports.parsing.annotated_images import (
    AnnotatedImages,
    ImageEntry,
    ObjectEntry,
)
from samstudio.services.dataset_io.imports.parsing.annotation_files import JsonKind
from samstudio.services.dataset_io.imports.parsing.drawn_parts import (
    DrawnPart,
    box_around,
    joined,
    placed_part,
    shape_numbers,
)
from samstudio.services.dataset_io.imports.parsing.values import category_name, fields, size_of
from samstudio.services.dataset_io.imports.reading import FoundObject, Reading, Skipped
from samstudio.services.dataset_io.imports.source.file_tree import FileTree

NO_AREA = ("line", "linestrip", "point", "points")

LABEL_LIST = "labels.txt"
NO_LABELS = ("__ignore__", "_background_")
"""What labelme's own examples put before the labels."""

FILES = JsonKind(
    "a labelme file",
    lambda document: (
        isinstance(document, dict) and isinstance(document.get("shapes"), list) and "imagePath" in document
    ),
    sign=re.compile(rb'"(shapes|imagePath)"'),
)


def recognise_labelme(tree: FileTree) -> Recognised | None:
    """Claim files among which is a labelme file."""
    name = next(FILES.names(tree), None)
    return Recognised(Sureness.CERTAIN, f"{name} is a labelme file") if name else None


def read_labelme(tree: FileTree, request: ImportRequest) -> Reading:
    """Find the images that labelme files name, or that have their name, and the others of the tree.

    Raises:
        InvalidInput: There is no labelme file, or the one that was named cannot be used.
    """
    images = AnnotatedImages(tree, noun="a labelme file")
    alike = NamedAlike(tree)
    used, categories = _listed_categories(tree)
    documents = 0
    problems: list[Skipped] = []
    for name, document in FILES.documents(tree, request.source, problems):
        documents += 1
        used.append(name)
        groups = _groups(document["shapes"])
        categories += [group.label for group in groups if group.label]
        images.add(_image(name, document, groups, alike.image_of(name)))
    if not documents:
        raise InvalidInput(f"{tree.title or 'the source'} holds no labelme file")
    return images.reading(used=used, categories=categories, skipped=problems)


def _listed_categories(tree: FileTree) -> tuple[list[str], list[str]]:
    """Return the names of the files that labelme takes with ``--labels``, and the labels in them."""
    used = [name for name in tree.with_suffix(LABEL_LIST) if name.casefold().rsplit("/", 1)[-1] == LABEL_LIST]
    lines = [line.strip() for name in used for line in tree.head(name).decode("utf-8", "ignore").splitlines()]
    return used, [line for line in lines if line and line not in NO_LABELS]


@dataclass
class _Group:
    """The shapes of one object, with their places in the file; ``label`` is empty where it has none."""

    label: str
    shapes: list[tuple[int, Any]] = field(default_factory=list)

    @property
    def title(self) -> str:
        """What sentences call the object."""
        numbers = [str(place) for place, _ in self.shapes]
        return f"shape {numbers[0]}" if len(numbers) == 1 else f"shapes {', '.join(numbers)}"


def _groups(shapes: Sequence[Any]) -> list[_Group]:
    """Return the objects of a file, in the order of the first shape of each."""
    groups: dict[tuple[str, str], _Group] = {}
    for place, shape in enumerate(shapes, start=1):
        label = shape.get("label") if isinstance(shape, Mapping) else None
        given = shape.get("group_id") if isinstance(shape, Mapping) else None
        name = str(label) if isinstance(label, str | int | float) and not isinstance(label, bool) else ""
        key = (name, f"group {given!r}" if isinstance(given, int | str) and name else f"shape {place}")
        groups.setdefault(key, _Group(name)).shapes.append((place, shape))
    return list(groups.values())


def _image(name: str, document: Mapping[str, Any], groups: list[_Group], beside: str) -> ImageEntry:
    """Return a file's image: that of its ``imagePath``, or else, since files are renamed, of its own name."""
    written = document["imagePath"]
    stem = PurePosixPath(name).stem
    if not isinstance(written, str) or not written.strip():
        written = stem
    objects = [ObjectEntry(group.title, partial(_object, group)) for group in groups]
    size = size_of(document.get("imageWidth"), document.get("imageHeight"))
    embedded = partial(_decoded, document.get("imageData"))
    return ImageEntry(written, name, objects, size, also=(stem,), beside=beside, embedded=embedded)


def _decoded(data: Any) -> bytes | None:
    """Return the bytes of the image that a file holds; None where it holds none that can be read."""
    try:
        return (base64.b64decode(data) or None) if isinstance(data, str) else None
    except ValueError:
        return None


def _object(group: _Group, size: Size) -> FoundObject:
    """Read one object.

    Raises:
        InvalidInput: None of its shapes can be used.
    """
    parts: list[DrawnPart] = []
    problems: list[str] = []
    for place, shape in group.shapes:
        try:
            parts.append(_part(fields(shape, "entry"), size))
        except InvalidInput as error:
            problems.append(f"shape {place}: {error}" if len(group.shapes) > 1 else str(error))
    if not parts:
        raise InvalidInput("; ".join(problems))
    return joined(group.title, category_name(group.label), parts, problems)


def _part(shape: Mapping[str, Any], size: Size) -> DrawnPart:
    """Read one shape.

    Raises:
        InvalidInput: It has no area, or cannot be used.
    """
    kind = shape.get("shape_type")
    read = _READERS.get(kind) if isinstance(kind, str | None) else None
    if read is None:
        why = f"it is a {kind}, which has no area" if kind in NO_AREA else "its shape_type is not known"
        raise InvalidInput(why)
    return read(shape, size)


def _points(shape: Mapping[str, Any], size: Size, *, least: int) -> list[Point]:
    numbers = shape_numbers(shape.get("points"), size, least=least)
    return list(zip(numbers[0::2], numbers[1::2], strict=True))


def _polygon(shape: Mapping[str, Any], size: Size) -> DrawnPart:
    return DrawnPart(pillow_polygon(_points(shape, size, least=3), size=size))


def _circle(shape: Mapping[str, Any], size: Size) -> DrawnPart:
    points = _points(shape, size, least=2)
    return DrawnPart(pillow_circle(points[0], points[1], size=size))


def _rectangle(shape: Mapping[str, Any], size: Size) -> DrawnPart:
    return DrawnPart(box=box_around(_points(shape, size, least=2), size))


def _mask(shape: Mapping[str, Any], size: Size) -> DrawnPart:
    """Read a mask of the box from its first to its last point, both of which belong to it.

    Where the box goes beyond the image, labelme may have cut off the mask with it.
    """
    (x0, y0), (x1, y1) = [(int(x), int(y)) for x, y in _points(shape, size, least=2)][:2]
    box = (y1 - y0 + 1, x1 - x0 + 1)
    if box[0] > 2 * size[0] or box[1] > 2 * size[1]:
        raise InvalidInput(f"its mask of {box[1]}x{box[0]} pixels is larger than the image")
    inside = (min(y1 + 1, size[0]) - y0, min(x1 + 1, size[1]) - x0)
    crop = mask_of_png(shape.get("mask"), sizes=(box, inside))
    return placed_part(crop, left=x0, top=y0, size=size)


_READERS: dict[str | None, Callable[[Mapping[str, Any], Size], DrawnPart]] = {
    "polygon": _polygon,
    None: _polygon,
    "circle": _circle,
    "rectangle": _rectangle,
    "oriented_rectangle": _rectangle,
    "mask": _mask,
}


LABELME = ImportFormat(
    name="labelme",
    label="labelme",
    description="one labelme JSON file an image",
    recognise=recognise_labelme,
    read=read_labelme,
)
