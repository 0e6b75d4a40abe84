"""What can be done to many images: one object says its name, what it takes and how it is done and undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from samstudio.domain import InvalidInput

Undo = Callable[[Session, datetime], int]
"""Takes back what was done to some images, where nobody has changed it since.

Returns how many of what the action counts (images, or objects) stay as somebody left them since.
"""


@dataclass(frozen=True)
class Done:
    """What an action did to some images: how many images and objects it changed, and how that is undone.

    ``left``: how many images stayed as they were, by a reason of the action's own.
    """

    images: int = 0
    objects: int = 0
    undo: Undo | None = None
    left: Mapping[str, int] = field(default_factory=dict)


Apply = Callable[[Session, Sequence[str], str, datetime], Done]
"""Does it to some images: a writing transaction, their ids (a few hundred), the value, the present time.

The images are there, and in the trash or not as the action says. Facts are computed again by the caller.
"""

Work = Callable[[str], str]
"""Does it to one image, outside of any transaction; returns why it was left, empty where it was done."""


def no_value(value: str) -> str:
    """Return the value of an action that takes none.

    Raises:
        InvalidInput: There is one.
    """
    if value:
        raise InvalidInput(f"this action takes no value, not {value[:60]!r}")
    return value


@dataclass(frozen=True)
class BulkAction:
    """An action on many images.

    ``apply`` None: it is `Work`, done image by image, and cannot be undone. ``check`` returns the value as
    it is stored; it raises `InvalidInput` for one that cannot be used. ``trashed``: it is for images in the
    trash. ``unchanged``: why an image was left where the action says nothing else. ``counts``: what it
    changes. ``finish`` is done last, to no images, once all have been looked at.
    """

    name: str
    label: str
    description: str
    apply: Apply | None
    check: Callable[[str], str] = no_value
    trashed: bool = False
    unchanged: str = "it was so already"
    counts: Literal["images", "objects"] = "images"
    finish: Apply | None = None
