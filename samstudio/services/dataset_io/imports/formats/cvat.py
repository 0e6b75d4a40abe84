"""CVAT XML 1.1: masks, polygons, ellipses and boxes, of images or of a video's frames.

Source: ``cvat.apps.dataset_manager.formats.cvat``. A mask's run-lengths go along
the rows of its box. Polygons are filled as pycocotools does, which CVAT uses for
its own exports of masks. Shapes of one label and one ``group_id`` are one object.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np

from samstudio.domain import InvalidInput, Point, Size
from samstudio.masks.crops import mask_of_row_runs
from samstudio.masks.shapes import ellipse_points, turned
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
from samstudio.services.dataset_io.imports.parsing.cvat_video import frames_of_tracks
from samstudio.services.dataset_io.imports.parsing.drawn_parts import (
    DrawnPart,
    box_around,
    joined,
    line_part,
    placed_part,
    polygon_part,
)
from samstudio.services.dataset_io.imports.parsing.values import category_name, number, size_of, whole
from samstudio.services.dataset_io.imports.reading import EntryKind, FoundObject, Reading, Skipped
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.imports.source.xml_files import read_xml, text_of

NO_AREA = {
    "points": "it is of points, which have no area",
    "tag": "it labels the whole image",
    "skeleton": "it is a skeleton, which has no area",
    "cuboid": "it is a cuboid",
}
NO_SHAPES = ("attribute",)
PARTS = ("version", "meta", "image", "track")
"""What the root of a file holds."""
_ROOT = re.compile(rb"<annotations[\s>]")
_CONTENT = re.compile(rb"<(meta|image|track)[\s/>]")


def recognise_cvat(tree: FileTree) -> Recognised | None:
    """Claim files among which is an XML file of CVAT."""
    name = next(_names(tree), None)
    return Recognised(Sureness.CERTAIN, f"{name} is CVAT XML") if name else None


def read_cvat(tree: FileTree, request: ImportRequest) -> Reading:
    """Find the images that CVAT XML files list, and those that lie beside them.

    Raises:
        InvalidInput: There is no CVAT XML file, or the one that was named cannot be used.
    """
    images = AnnotatedImages(tree, noun="the CVAT file")
    used: list[str] = []
    categories: list[str] = []
    skipped: list[Skipped] = []
    for name, path in _files(tree, request.source):
        try:
            root = read_xml(path, name=name)
            _check_root(root, name)
        except InvalidInput as error:
            if request.source is not None and not request.source.is_dir():
                raise
            skipped.append(Skipped(name, str(error), kind=EntryKind.FILE))
            continue
        used.append(name)
        categories += _categories(root)
        _add_images(root, name, images, skipped)
        skipped += [
            Skipped(f"<{one.tag}> of {name}", "it belongs to no image and to no track", code="no_image")
            for one in root
            if one.tag not in PARTS
        ]
        for frame in frames_of_tracks(root, name, _entries):
            images.add(frame)
    if not used:
        raise InvalidInput(_none(tree, skipped))
    return images.reading(used=used, categories=categories, skipped=skipped)


def _none(tree: FileTree, skipped: list[Skipped]) -> str:
    why = "; ".join(entry.why for entry in skipped[:3])
    return f"{tree.title or 'the source'} holds no CVAT XML file" + (
        f" that can be used: {why}" if why else ""
    )


def _names(tree: FileTree) -> Iterator[str]:
    for name in tree.with_suffix(".xml"):
        head = tree.head(name).replace(b"\0", b"")  # UTF-16 has zeros between
        if _ROOT.search(head) and _CONTENT.search(head):
            yield name


def _files(tree: FileTree, source: Path | None) -> Iterator[tuple[str, Path]]:
    if source is not None and not source.is_dir():
        yield tree.name_of(source) or source.name, source
        return
    searched = tree if source is None else FileTree.of(source)
    for name in _names(searched):
        yield tree.name_of(searched.path(name)) or name, searched.path(name)


def _check_root(root: Element, name: str) -> None:
    if root.tag != "annotations":
        raise InvalidInput(f"{name} is not CVAT XML: it begins with <{root.tag}>, not with <annotations>")


def _categories(root: Element) -> list[str]:
    """Return the names of the labels in the file's order, without the parts of skeletons."""
    meta = root.find("meta")
    labels = meta.iter("label") if meta is not None else ()
    return [name for label in labels if not text_of(label, "parent") and (name := text_of(label, "name"))]


def _add_images(root: Element, document: str, images: AnnotatedImages, skipped: list[Skipped]) -> None:
    for image in root.iterfind("image"):
        written = image.get("name", "")
        if not written.strip():
            title = f"image {image.get('id', 'without id')} of {document}"
            skipped.append(Skipped(title, "it has no name", code="no_file_name", kind=EntryKind.IMAGE))
            skipped += [
                Skipped(f"{one.label} of {title}", "its image has no name", code="no_image")
                for one in _entries(list(image))
            ]
            continue
        size = size_of(image.get("width"), image.get("height"))
        images.add(ImageEntry(written, document, _entries(list(image)), size))


def _entries(shapes: list[Element]) -> list[ObjectEntry]:
    """Return the objects of an image: shapes of one label and group are one."""
    groups: dict[tuple[str, str], list[tuple[int, Element]]] = {}
    drawn = [shape for shape in shapes if shape.tag not in NO_SHAPES]
    for place, shape in enumerate(drawn, start=1):
        group = shape.get("group_id", "0").strip()
        joins = group not in ("", "0") and shape.tag in JOINED
        key = (shape.get("label", ""), f"group {group}") if joins else ("", f"shape {place}")
        groups.setdefault(key, []).append((place, shape))
    return [ObjectEntry(_title(members), partial(_object, members)) for members in groups.values()]


def _title(members: list[tuple[int, Element]]) -> str:
    numbers = [str(place) for place, _ in members]
    return f"{members[0][1].tag} {numbers[0]}" if len(numbers) == 1 else f"shapes {', '.join(numbers)}"


def _object(members: list[tuple[int, Element]], size: Size) -> FoundObject:
    """Read one object.

    Raises:
        InvalidInput: None of its shapes can be used.
    """
    parts: list[DrawnPart] = []
    problems: list[str] = []
    for place, shape in members:
        try:
            parts.append(_part(shape, size))
        except InvalidInput as error:
            problems.append(f"{shape.tag} {place}: {error}" if len(members) > 1 else str(error))
    if not parts:
        raise InvalidInput("; ".join(problems))
    return joined(_title(members), category_name(members[0][1].get("label")), parts, problems)


def _part(shape: Element, size: Size) -> DrawnPart:
    read = _READERS.get(shape.tag)
    if read is None:
        raise InvalidInput(NO_AREA.get(shape.tag, f"<{shape.tag}> is no shape of CVAT that is known here"))
    return read(shape.attrib, size)


def _mask(shape: Mapping[str, str], size: Size) -> DrawnPart:
    left, top, width, height = (whole(shape.get(key), key) for key in ("left", "top", "width", "height"))
    if min(width, height) < 1 or width > 2 * size[1] or height > 2 * size[0]:
        raise InvalidInput(f"its box is {width}x{height} pixels and the image {size[1]}x{size[0]}")
    try:
        runs = np.array([int(run) for run in shape.get("rle", "").split(",")], np.int64)
    except (ValueError, OverflowError):
        raise InvalidInput("its rle is no list of whole numbers") from None
    return placed_part(mask_of_row_runs(runs, size=(height, width)), left=left, top=top, size=size)


def _points(shape: Mapping[str, str]) -> list[Point]:
    pairs = [pair.split(",") for pair in shape.get("points", "").split(";")]
    if any(len(pair) != 2 for pair in pairs):
        raise InvalidInput("its points are no pairs of numbers")
    return [(number(x, "point"), number(y, "point")) for x, y in pairs]


def _polygon(shape: Mapping[str, str], size: Size) -> DrawnPart:
    return polygon_part(_points(shape), size)


def _polyline(shape: Mapping[str, str], size: Size) -> DrawnPart:
    points = _points(shape)
    if points[0] != points[-1]:
        raise InvalidInput("it is an open line, which has no area")
    return line_part(points, size)


def _ellipse(shape: Mapping[str, str], size: Size) -> DrawnPart:
    cx, cy, rx, ry = (number(shape.get(key), key) for key in ("cx", "cy", "rx", "ry"))
    degrees = number(shape.get("rotation") or 0, "rotation")
    return polygon_part(ellipse_points((cx, cy), (rx, ry), degrees=degrees), size)


def _box(shape: Mapping[str, str], size: Size) -> DrawnPart:
    """Read a box; one that is turned is turned about its centre."""
    x0, y0, x1, y1 = (number(shape.get(key), key) for key in ("xtl", "ytl", "xbr", "ybr"))
    degrees = number(shape.get("rotation") or 0, "rotation")
    corners: list[Point] = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    about = ((x0 + x1) / 2, (y0 + y1) / 2)
    return DrawnPart(box=box_around(turned(corners, about=about, degrees=degrees), size))


_READERS: dict[str, Callable[[Mapping[str, str], Size], DrawnPart]] = {
    "mask": _mask,
    "polygon": _polygon,
    "polyline": _polyline,
    "ellipse": _ellipse,
    "box": _box,
}
JOINED = ("mask", "polygon", "polyline", "ellipse")


CVAT = ImportFormat(
    name="cvat",
    label="CVAT",
    description="CVAT XML 1.1, for images or for video",
    recognise=recognise_cvat,
    read=read_cvat,
)
