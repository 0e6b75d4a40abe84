"""An image of the dataset, as files that come without pictures may mean it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from samstudio.domain import Size

_PAGE = re.compile(r"(.+)#([0-9]{1,6})")


@dataclass(frozen=True)
class StoredImage:
    """An image that came in earlier: its id, the name of its file, and its size (H, W)."""

    id: str
    filename: str
    size: Size

    @property
    def file(self) -> str:
        """The name of the file that it is a page of, or its own."""
        found = _PAGE.fullmatch(self.filename)
        return found[1] if found else self.filename

    @property
    def page(self) -> int | None:
        """Which page of its file it is, from 1; None where it is the whole file."""
        found = _PAGE.fullmatch(self.filename)
        return int(found[2]) if found else None
