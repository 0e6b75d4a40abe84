"""Preflight's checks of objects one by one: plain values in, findings out."""

from __future__ import annotations

from collections.abc import Sequence

from samstudio.sam.geometry import LONG_SIDE, LOW_RES, preprocess_shape
from samstudio.services.preflight.findings import BROKEN, Finding, Seen, Severity, about

TINY_PIXELS = 16
WHOLE_IMAGE = 0.95


def check_broken(seen: Sequence[Seen]) -> list[Finding]:
    """Report masks that tuning leaves out, by reason."""
    found: list[Finding] = []
    for code, reason in BROKEN.items():
        those = [one for one in seen if one.broken == code]
        advice = "Delete it, and draw it again if you need it."
        found += about(Severity.WARNING, code, those, f"left out, because {reason}", advice)
    return found


def check_tiny(seen: Sequence[Seen]) -> list[Finding]:
    """Report objects smaller than the model can see."""
    return about(
        Severity.WARNING,
        "tiny",
        [one for one in seen if is_tiny(one)],
        "too small for SAM, which sees an image as 256 by 256 cells",
        "Delete what was drawn by a slip; cut large images into pieces to work on small objects.",
    )


def is_tiny(one: Seen) -> bool:
    """Tell whether it has fewer than 16 pixels, or is smaller or thinner than a cell of the low-res frame."""
    height, width = one.size
    new_height, new_width = preprocess_shape(one.size)
    cell = LONG_SIDE / LOW_RES
    rows, columns = new_height / height / cell, new_width / width / cell
    x0, y0, x1, y1 = one.box
    thin = (y1 - y0 + 1) * rows < 1 or (x1 - x0 + 1) * columns < 1
    return one.area < TINY_PIXELS or one.area * rows * columns < 1 or thin


def check_whole_image(seen: Sequence[Seen]) -> list[Finding]:
    """Report objects that cover nearly everything: often the background, by mistake."""
    return about(
        Severity.WARNING,
        "whole_image",
        [one for one in seen if is_whole(one)],
        "larger than 95 % of the image",
        "Delete it where it is the background and not an object.",
    )


def is_whole(one: Seen) -> bool:
    """Tell whether it covers more than 95 % of its image."""
    return one.area > WHOLE_IMAGE * one.size[0] * one.size[1]


def check_all_borders(seen: Sequence[Seen]) -> list[Finding]:
    """Report objects that reach all four borders without covering everything: frames, and inverted masks."""
    return about(
        Severity.WARNING,
        "all_borders",
        [one for one in seen if touches_all_borders(one) and not is_whole(one)],
        "drawn up to all four borders of the image",
        "Check that it is the object, and not all that is round it.",
    )


def touches_all_borders(one: Seen) -> bool:
    """Tell whether its box is the whole image."""
    height, width = one.size
    return one.box == (0, 0, width - 1, height - 1)
