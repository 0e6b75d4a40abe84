"""Prompts from the page, the API or the command line: the only place that makes and checks them.

`make_prompt` reads numbers; `fit_prompt` checks a prompt against its image.
Each error is one sentence, the same for every caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import Box, InvalidInput, Point, Prompt, Size

MAX_PROMPTS = 100
"""Prompts in one request, each about one object."""

MAX_POINTS = 500
"""Points in one prompt."""

EMPTY = "the prompt is empty: give a box, or a point on the object"

LOGITS_SHAPE = (1, 256, 256)


def make_prompt(
    *,
    box: Any = None,
    point_coords: Any = (),
    point_labels: Any = (),
    mask_input: NDArray[np.float32] | None = None,
) -> Prompt:
    """Make a prompt from numbers in lists, as JSON has them.

    Args:
        box: X0, Y0, X1, Y1 in pixels, or None.
        point_coords: Pairs X, Y in pixels.
        point_labels: 1 (foreground) or 0 (background), one a point.
        mask_input: Logits of an earlier answer, float32 1x256x256.

    Raises:
        InvalidInput: Something is no number, or there are too many points.
    """
    return Prompt(
        box=None if box is None else _box(box),
        point_coords=_points(point_coords),
        point_labels=_labels(point_labels),
        mask_input=mask_input,
    )


def prompt_from_json(value: Any) -> Prompt:
    """Read a prompt without its mask input from a JSON object, as `Prompt.to_json` writes it.

    Raises:
        InvalidInput: It is no object, something in it is no number, or there are too many points.
    """
    if not isinstance(value, Mapping):
        raise InvalidInput(EMPTY)
    return make_prompt(
        box=value.get("box"),
        point_coords=value.get("point_coords") or (),
        point_labels=value.get("point_labels") or (),
    )


def box_from_text(text: str) -> tuple[float, ...]:
    """Read ``X0,Y0,X1,Y1``, in pixels.

    Raises:
        InvalidInput: The text is not four numbers.
    """
    return _from_text(text, "box", "X0,Y0,X1,Y1")


def point_from_text(text: str) -> tuple[float, ...]:
    """Read ``X,Y,LABEL``, in pixels, with label 1 (foreground) or 0 (background).

    Raises:
        InvalidInput: The text is not three numbers.
    """
    return _from_text(text, "point", "X,Y,LABEL")


def check_count(count: int) -> None:
    """Check the number of prompts in one request.

    Raises:
        InvalidInput: There is none, or more than `MAX_PROMPTS`.
    """
    if not 0 < count <= MAX_PROMPTS:
        raise InvalidInput(f"{count} prompts cannot be answered at once: give 1 to {MAX_PROMPTS}")


def check_prompt(prompt: Prompt) -> None:
    """Check what can be checked of a prompt without its image.

    Raises:
        InvalidInput: It is empty, or its labels or logits are malformed.
    """
    if prompt.box is None and not prompt.point_coords and prompt.mask_input is None:
        raise InvalidInput(EMPTY)
    coords, labels = prompt.point_coords, prompt.point_labels
    if len(coords) != len(labels):
        raise InvalidInput(f"{len(coords)} points came with {len(labels)} labels: each point needs one")
    for (x, y), label in zip(coords, labels, strict=True):
        if label not in (0, 1):
            raise InvalidInput(f"point {x:g},{y:g} has label {label:g}: 1 is foreground, 0 is background")
    if prompt.mask_input is not None and prompt.mask_input.shape != LOGITS_SHAPE:
        shape = "x".join(map(str, prompt.mask_input.shape))
        raise InvalidInput(f"mask_input has shape {shape}: give a previous prediction's 1x256x256 logits")


def fit_prompt(prompt: Prompt, size: Size) -> Prompt:
    """Return a prompt with its box's corners in order and clipped to an image of ``size`` (H, W).

    Raises:
        InvalidInput: It is empty or malformed, or outside the image.
    """
    check_prompt(prompt)
    height, width = size
    for x, y in prompt.point_coords:
        if not (np.isfinite((x, y)).all() and 0 <= x <= width and 0 <= y <= height):
            raise InvalidInput(f"point {x:g},{y:g} lies outside the image, which is {width}x{height} pixels")
    return Prompt(
        box=None if prompt.box is None else _fit_box(_box(prompt.box), width=width, height=height),
        point_coords=prompt.point_coords,
        point_labels=prompt.point_labels,
        mask_input=_finite(prompt.mask_input),
    )


def _box(value: Any) -> Box:
    numbers = _numbers(value)
    if numbers is None or len(numbers) != 4 or not np.isfinite(numbers).all():
        raise InvalidInput(f"box {_shown(value)} is not four numbers X0,Y0,X1,Y1")
    return (numbers[0], numbers[1], numbers[2], numbers[3])


def _points(value: Any) -> tuple[Point, ...]:
    if not isinstance(value, list | tuple):
        raise InvalidInput("point_coords is a list of points X,Y")
    if len(value) > MAX_POINTS:
        raise InvalidInput(f"{len(value)} points are too many for one object; {MAX_POINTS} is the most")
    return tuple(_point(one) for one in value)


def _point(value: Any) -> Point:
    numbers = _numbers(value)
    if numbers is None or len(numbers) != 2:
        raise InvalidInput(f"point {_shown(value)} is not two numbers X,Y")
    return (numbers[0], numbers[1])


def _labels(value: Any) -> tuple[int, ...]:
    numbers = _numbers(value)
    if numbers is None or not all(number.is_integer() for number in numbers):
        raise InvalidInput("point_labels is a list of 1 (foreground) and 0 (background), one a point")
    return tuple(int(number) for number in numbers)


def _numbers(value: Any) -> tuple[float, ...] | None:
    """Return a list's numbers; None where it is no list of numbers."""
    if not isinstance(value, list | tuple):
        return None
    try:
        return tuple(float(one) for one in value)
    except (TypeError, ValueError, OverflowError):
        return None


def _shown(value: Any) -> str:
    """Return a list of numbers as people write it, ``1,2.5,3``, and anything else as its ``repr``, cut."""
    numbers = _numbers(value)
    return f"{value!r:.50}" if numbers is None else ",".join(f"{number:g}" for number in numbers)


def _from_text(text: str, what: str, form: str) -> tuple[float, ...]:
    numbers = _numbers(text.split(","))
    if numbers is None or len(numbers) != form.count(",") + 1:
        raise InvalidInput(f"{what} {text!r} is not of the form {form}")
    return numbers


def _fit_box(box: Box, *, width: int, height: int) -> Box:
    x0, x1 = sorted((box[0], box[2]))
    y0, y1 = sorted((box[1], box[3]))
    shown = _shown(box)
    if x1 - x0 <= 0 or y1 - y0 <= 0:
        raise InvalidInput(f"box {shown} has no area: drag from one corner to the opposite one")
    if x1 <= 0 or y1 <= 0 or x0 >= width or y0 >= height:
        raise InvalidInput(f"box {shown} lies outside the image, which is {width}x{height} pixels")
    return (max(x0, 0.0), max(y0, 0.0), min(x1, float(width)), min(y1, float(height)))


def _finite(logits: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
    if logits is None:
        return None
    if not np.isfinite(logits).all():
        raise InvalidInput(
            "mask_input holds numbers that are not finite: give a previous prediction's logits"
        )
    return logits.astype(np.float32, copy=False)
