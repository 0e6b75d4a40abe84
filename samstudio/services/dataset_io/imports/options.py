"""What a person decides about an import before it begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from samstudio.domain import AnnotationStatus, InvalidInput
from samstudio.services.images.rendering import AS_THE_FILE_SAYS, ReadOptions

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
    object of its own. ``group_by_folder``: the images of each folder are a group.
    ``page``: of files with several pages take this one alone, from 1; None: every one. ``read``: the channels
    and the contrast of the images.
    """

    format: str = AUTO
    category: str = "object"
    status: AnnotationStatus = AnnotationStatus.ACCEPTED
    source: Path | None = None
    limit: int | None = None
    doubtful: bool = False
    leave_out: frozenset[str] = frozenset()
    split_parts: bool = False
    group_by_folder: bool = False
    page: int | None = None
    read: ReadOptions = AS_THE_FILE_SAYS

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            InvalidInput: The limit or the page is less than 1.
        """
        if self.limit is not None and self.limit < 1:
            raise InvalidInput(f"the limit is {self.limit}: take at least 1 image")
        if self.page is not None and self.page < 1:
            raise InvalidInput(f"the page is {self.page}: pages are counted from 1")
