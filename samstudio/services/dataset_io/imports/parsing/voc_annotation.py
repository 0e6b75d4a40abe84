"""Pascal VOC's annotation files: an XML file an image, with a box for each object."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element

from samstudio.domain import InvalidInput, Rle, Size
from samstudio.services.dataset_io.imports.parsing.shapes import (
    box_of_corners,
    polygon_numbers,
    polygons_mask,
)
from samstudio.services.dataset_io.imports.reading import FoundObject
from samstudio.services.dataset_io.imports.source.xml_files import text_of

CORNERS = ("xmin", "ymin", "xmax", "ymax")


@dataclass(frozen=True)
class VocObject:
    """One object: its ``corners`` or ``polygon`` (x, y, x, y, …) as the file has it, or its ``problem``."""

    label: str
    name: str
    corners: tuple[float, ...] = ()
    polygon: tuple[float, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class VocAnnotation:
    """One annotation file.

    ``source``: its name. ``filename``: the image's, as it says. ``size``: (H, W), None where it
    says none. ``objects``: in the file's order.
    """

    source: str
    filename: str
    size: Size | None
    objects: Sequence[VocObject]

    @property
    def first_pixel(self) -> int:
        """The number of the first pixel: 1 in VOC, but 0 where a tool counts from 0."""
        return 0 if any(0 in one.corners for one in self.objects) else 1


def annotation_of(root: Element, *, source: str) -> VocAnnotation:
    """Read the root of an annotation file called ``source``.

    Raises:
        InvalidInput: It is another document.
    """
    if root.tag != "annotation":
        raise InvalidInput(f"{source} is a document of <{root.tag[:40]}>, and VOC's are of <annotation>")
    filename = text_of(root, "filename") or PurePosixPath(text_of(root, "path").replace("\\", "/")).name
    objects = [_object(each, number) for number, each in enumerate(root.findall("object"), start=1)]
    return VocAnnotation(source, filename, _size(root.find("size")), objects)


def object_of(one: VocObject, first: int, size: Size) -> FoundObject:
    """Return an object of an image of ``size`` (H, W): its outline's mask, or its box.

    Args:
        one: The object.
        first: The number of the first pixel of a row or column.
        size: (H, W) in pixels.

    Raises:
        InvalidInput: It has neither, or nothing of it is in the image.
    """
    if one.problem:
        raise InvalidInput(one.problem)
    if one.polygon:
        return FoundObject(one.label, one.name, _filled(one.polygon, size))
    return FoundObject(one.label, one.name, box=box_of_corners(edges_of(one, first), size))


def edges_of(one: VocObject, first: int) -> list[float]:
    """Return the edges of a box whose corners are numbers of pixels, both inside."""
    x0, y0, x1, y1 = one.corners
    return [x0 - first, y0 - first, x1 - first + 1, y1 - first + 1]


def _filled(polygon: tuple[float, ...], size: Size) -> Rle:
    return polygons_mask([polygon_numbers(list(polygon), size)], size).to_rle()


def _size(element: Element | None) -> Size | None:
    """Return the size that the file says; None where it says none, or 0."""
    try:
        height, width = int(float(text_of(element, "height"))), int(float(text_of(element, "width")))
    except (ValueError, OverflowError):
        return None
    return (height, width) if height > 0 and width > 0 else None


def _object(element: Element, number: int) -> VocObject:
    label, name = f"object {number}", text_of(element, "name")
    if not name:
        return VocObject(label, name, problem="it has no name")
    polygon = _polygon(element.find("polygon"))
    if polygon:
        return VocObject(label, name, polygon=polygon)
    box = element.find("bndbox")
    if box is None:
        return VocObject(label, name, problem="it has no bndbox")
    try:
        corners = tuple(float(text_of(box, corner)) for corner in CORNERS)
    except ValueError:
        return VocObject(label, name, problem="its bndbox is not four numbers")
    problem = "" if _is_box(corners) else f"its bndbox has no area: {', '.join(f'{c:g}' for c in corners)}"
    return VocObject(label, name, corners=() if problem else corners, problem=problem)


def _is_box(corners: tuple[float, ...]) -> bool:
    x0, y0, x1, y1 = corners
    return all(math.isfinite(corner) for corner in corners) and x1 >= x0 and y1 >= y0


def _polygon(element: Element | None) -> tuple[float, ...]:
    """Return an outline as Roboflow (x1, y1, x2, …) or LabelMe (pt with x and y) write it, or nothing."""
    if element is None:
        return ()
    pairs = [(text_of(point, "x"), text_of(point, "y")) for point in element.findall("pt")]
    numbered = sorted(int(found[1]) for child in element if (found := _NUMBERED.fullmatch(child.tag)))
    pairs += [(text_of(element, f"x{number}"), text_of(element, f"y{number}")) for number in numbered]
    try:
        return tuple(float(value) for pair in pairs for value in pair)
    except ValueError:
        return ()


_NUMBERED = re.compile(r"x([0-9]{1,6})")


@dataclass(frozen=True)
class LabelMap:
    """The classes of a ``labelmap.txt``, ``by_value`` in its order from 0 on, and ``by_colour`` (RGB)."""

    by_value: Mapping[int, str] = field(default_factory=dict)
    by_colour: Mapping[tuple[int, int, int], str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The names, but for the background's."""
        return [name for name in self.by_value.values() if name and name.casefold() != "background"]


def label_map_of(text: str) -> LabelMap:
    """Read a ``labelmap.txt``: a name a line, or as CVAT and datumaro write ``name:r,g,b:parts:actions``."""
    by_value: dict[int, str] = {}
    by_colour: dict[tuple[int, int, int], str] = {}
    lines = (line.strip() for line in text.splitlines())
    for value, line in enumerate(line for line in lines if line and not line.startswith("#")):
        found = _COLOURED.fullmatch(line)
        by_value[value] = found["name"] if found else line
        if found and found["colour"]:
            red, green, blue = (int(part) for part in found["colour"].split(","))
            by_colour[red, green, blue] = found["name"]
    return LabelMap(by_value, by_colour)


_COLOURED = re.compile(r"(?P<name>.*?):(?P<colour>\d+,\d+,\d+)?:(?P<parts>[^:]*):(?P<actions>[^:]*)")
