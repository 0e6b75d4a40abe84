"""The lines of YOLO's label files: ``class x y x y …`` for an outline, ``class x y width height`` for a box.

Coordinates are parts of the image's sides. What Ultralytics' own tools write is
read: a confidence at the end of a line, class numbers with a point, and
keypoints after a box where ``data.yaml`` says so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from samstudio.domain import InvalidInput, Rle, Size
from samstudio.masks import known_rle
from samstudio.masks.shapes import filled_polygon
from samstudio.services.dataset_io.imports.parsing.shapes import box_of_corners
from samstudio.services.dataset_io.imports.parsing.yolo_config import YoloConfig
from samstudio.services.dataset_io.imports.reading import FoundObject

SLACK = 0.01
"""Coordinates may leave the image by this part of its side, as in Ultralytics; they are cut off there."""

ROUNDED = 0.01
"""Pixels by which a whole coordinate may have become smaller when it was written with six digits."""


@dataclass(frozen=True)
class YoloLine:
    """One line: the number of its class, and what follows, a confidence left out."""

    kind: int
    numbers: tuple[float, ...]

    @property
    def is_box(self) -> bool:
        """Whether it has the middle and the sides of a box, and not an outline."""
        return len(self.numbers) == 4


def looks_like_labels(text: str) -> bool:
    """Tell whether a text's first line is one of a label file."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    try:
        parse_line(first, YoloConfig())
    except InvalidInput:
        return False
    return True


def parse_line(text: str, config: YoloConfig) -> YoloLine:
    """Read one line.

    Raises:
        InvalidInput: It is none of a label file; the sentence does not name the line.
    """
    fields = text.replace(",", " ").split()
    if not fields:
        raise InvalidInput("it is empty")
    kind = _class(fields[0], config)
    try:
        numbers = tuple(map(float, fields[1:]))
    except ValueError as error:
        raise InvalidInput("it has something that is not a number") from error
    numbers = numbers[:4] if config.has_keypoints else _without_confidence(numbers)
    if len(numbers) != 4 and (len(numbers) < 6 or len(numbers) % 2):
        raise InvalidInput(
            f"it has {len(fields) - 1} numbers after the class: a box has 4, an outline 6 or more, in pairs"
        )
    _check_range(numbers)
    return YoloLine(kind, numbers)


def object_of(line: YoloLine, label: str, config: YoloConfig, size: Size) -> FoundObject:
    """Return the object of a line on an image of ``size`` (H, W).

    Args:
        line: The parsed line.
        label: What sentences call it.
        config: Names the classes.
        size: (H, W) in pixels.

    Raises:
        InvalidInput: It has no area.
    """
    known = config.names.get(line.kind)
    category = config.category(line.kind)
    doubt = "" if known is not None or not config.names else f"no class {line.kind} is named"
    code = "class_unnamed" if doubt else ""
    if not line.is_box:
        return FoundObject(label, category, _filled(line.numbers, size), doubt=doubt, code=code)
    x, y, width, height = line.numbers
    if width <= 0 or height <= 0:
        raise InvalidInput("its box has no area")
    corners = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    pixels = [part * side for part, side in zip(corners, (size[1], size[0]) * 2, strict=True)]
    # Six digits move the edge of a pixel by a few thousandths.
    box = box_of_corners([round(value, 2) for value in pixels], size)
    return FoundObject(label, category, box=box, doubt=doubt, code=code)


def _filled(numbers: tuple[float, ...], size: Size) -> Rle:
    """Fill an outline, its border included, as Ultralytics does when it trains on it."""
    points = np.array(numbers).reshape(-1, 2).clip(0, 1) * (size[1], size[0])
    return known_rle(filled_polygon(np.floor(points + ROUNDED).astype(np.int32), size=size))


def _class(field: str, config: YoloConfig) -> int:
    try:
        number = float(field)
        if number >= 0 and number == int(number):
            return int(number)
    except (ValueError, OverflowError):
        named = [number for number, name in config.names.items() if name == field]
        if named:
            return named[0]
    raise InvalidInput(f"its class {field[:40]!r} is not a whole number from 0 on")


def _without_confidence(numbers: tuple[float, ...]) -> tuple[float, ...]:
    """Drop a confidence, which predictions have at the end: pairs and fours are even."""
    return numbers[:-1] if len(numbers) % 2 and len(numbers) >= 5 else numbers


def _check_range(numbers: tuple[float, ...]) -> None:
    if not all(map(math.isfinite, numbers)):
        raise InvalidInput("it has a number that is not finite")
    low, high = min(numbers), max(numbers)
    if low < -SLACK or high > 1 + SLACK:
        odd = high if high > 1 + SLACK else low
        raise InvalidInput(
            f"it has the coordinate {odd:g}: those of YOLO are parts of the sides, from 0 to 1"
        )
