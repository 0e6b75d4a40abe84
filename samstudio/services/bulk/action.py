"""What can be done to many images: one object says its name, what it takes and how it is done and undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from samstudio.domain import InvalidInput

Undo = Callable[[Session, datetime], None]
"""Takes back what was done to some images, as far as nobody has changed it since."""

Apply = Callable[[Session, Sequence[str], str, datetime], Undo | None]
"""Does it to some images: a writing transaction, their ids (a few hundred), the value, the present time.

Returns how it is undone; None where nothing changed. Facts are computed again by the caller.
"""


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

    ``check`` returns the value as it is stored; it raises `InvalidInput` for one that cannot be used.
    """

    name: str
    label: str
    description: str
    apply: Apply
    check: Callable[[str], str] = no_value
