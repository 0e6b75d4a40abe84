"""The shapes that one object of an annotation tool is drawn with, joined to its mask or box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from samstudio.domain import AnnotationStatus, Box, InvalidInput, Point, Size
from samstudio.masks import Mask, RunLengths, known_rle
from samstudio.masks.crops import placed
from samstudio.services.dataset_io.imports.parsing.shapes import FAR, box_of_corners, polygons_mask, united
from samstudio.services.dataset_io.imports.parsing.values import number
from samstudio.services.dataset_io.imports.reading import FoundObject

EMPTY = "no pixel of the image lies in it"
CUT_OFF = "its mask went beyond the image and was cut off there"
OPEN_LINE = "it is an open line; its ends were joined"


@dataclass(frozen=True)
class DrawnPart:
    """A shape: its mask, or only a box (XYXY, pixels).

    ``doubt``: a sentence on why a person should look at it. ``doubtful``: whether that is more than
    a remark, so that the object is proposed and not taken as truth.
    """

    mask: RunLengths | None = None
    box: Box | None = None
    doubt: str = ""
    doubtful: bool = False


def shape_numbers(points: Any, size: Size, *, least: int = 3) -> list[float]:
    """Return x, y, x, y, … of a shape's points, given so or as pairs.

    Args:
        points: What the file has.
        size: (H, W) of the image, in pixels.
        least: How many points a shape of this kind needs.

    Raises:
        InvalidInput: They are no numbers, fewer, or lie far outside the image.
    """
    if not isinstance(points, list | tuple):
        raise InvalidInput("its points are no list")
    flat: list[Any] = []
    for point in points:
        flat.extend(point if isinstance(point, list | tuple) else [point])
    numbers = [number(value, "point") for value in flat]
    if len(numbers) % 2 or len(numbers) < 2 * least:
        raise InvalidInput(f"it has {len(numbers) / 2:g} points and needs {least}")
    far = FAR * max(size)
    if any(abs(value) > far for value in numbers):
        raise InvalidInput("it lies far outside the image")
    return numbers


def polygon_part(points: Sequence[Point], size: Size) -> DrawnPart:
    """Return a polygon, filled as pycocotools does.

    Raises:
        InvalidInput: It has no pixel, too few points, or lies far outside the image.
    """
    return DrawnPart(polygons_mask([shape_numbers(list(points), size)], size))


def line_part(points: Sequence[Point], size: Size) -> DrawnPart:
    """Return a line as the polygon that it encloses; where its ends do not meet, that is a doubt.

    Raises:
        InvalidInput: As of `polygon_part`.
    """
    part = polygon_part(points, size)
    if points[0] == points[-1]:
        return part
    return DrawnPart(part.mask, doubt=OPEN_LINE, doubtful=True)


def placed_part(crop: Mask, *, left: int, top: int, size: Size) -> DrawnPart:
    """Return a mask of a part of the image; what goes beyond the image is cut off, which is a doubt.

    Args:
        crop: Bool hxw.
        left: The image's column of its first column.
        top: The image's row of its first row.
        size: (H, W) of the image, in pixels.
    """
    mask = placed(crop, left=left, top=top, size=size)
    height, width = crop.shape
    inside = left >= 0 and top >= 0 and left + width <= size[1] and top + height <= size[0]
    beyond = not inside and mask.area < int(crop.sum())
    return DrawnPart(mask, doubt=CUT_OFF if beyond else "")


def box_around(points: Sequence[Point], size: Size) -> Box:
    """Return the upright box around points that are corners of pixels, as XYXY pixel indices.

    Raises:
        InvalidInput: It holds no pixel of the image.
    """
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return box_of_corners([min(xs), min(ys), max(xs), max(ys)], size)


def joined(
    label: str, category: str, parts: Sequence[DrawnPart], problems: Sequence[str] = ()
) -> FoundObject:
    """Return the object that several shapes make.

    Where there is a mask among them, boxes are not needed. An object of which a
    shape could not be read is proposed: its mask may lack a part.

    Args:
        label: What sentences call it.
        category: The category's name.
        parts: At least one.
        problems: A sentence for each shape that was left out.

    Raises:
        InvalidInput: No pixel of the image lies in its masks.
    """
    masks = [part.mask for part in parts if part.mask is not None]
    doubts = [*dict.fromkeys(part.doubt for part in parts if part.doubt)]
    if problems:
        doubts.append(f"a part was left out ({'; '.join(problems)})")
    proposed = bool(problems) or any(part.doubtful for part in parts)
    status = AnnotationStatus.PROPOSED if proposed else None
    doubt = "; ".join(doubts)
    if not masks:
        return FoundObject(label, category, box=_around([p.box for p in parts if p.box]), doubt=doubt)
    mask = united(masks)
    if mask.is_empty:
        raise InvalidInput(EMPTY)
    code = "part_left_out" if problems else ""
    return FoundObject(label, category, known_rle(mask), status=status, doubt=doubt, code=code)


def _around(boxes: Sequence[Box]) -> Box:
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return (min(x0), min(y0), max(x1), max(y1))
