"""What a person decides about an import before it begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from samstudio.domain import AnnotationStatus, InvalidInput

AUTO = "auto"
"""The format's name where it is to be recognised."""

ImportProgress: TypeAlias = Callable[[int, int, str], None]
"""Called with (images done, images in all, the name of the next one)."""


@dataclass(frozen=True)
class ImportOptions:
    """The choices of one import.

    ``format``: a registered format's name, or `AUTO`. ``category``: of the objects, where
    the format names none. ``status``: of the objects, where the format says none. ``source``:
    the file or folder of the objects, where it is named apart from the images. ``limit``: take
    only so many images, the first by name. ``doubtful``: take what would be held back for a
    look (pictures that look like masks), and crowd regions with the status of the others.
    ``leave_out``: names of images to leave out. ``split_parts``: each separate part of a mask's value is an
    object of its own.
    """

    format: str = AUTO
    category: str = "object"
    status: AnnotationStatus = AnnotationStatus.ACCEPTED
    source: Path | None = None
    limit: int | None = None
    doubtful: bool = False
    leave_out: frozenset[str] = frozenset()
    split_parts: bool = False

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            InvalidInput: The limit is less than 1.
        """
        if self.limit is not None and self.limit < 1:
            raise InvalidInput(f"the limit is {self.limit}: take at least 1 image")
