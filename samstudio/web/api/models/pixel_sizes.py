"""Pixel sizes in requests and replies."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from samstudio.domain import PixelSize
from samstudio.web.api.models.base import Body, Reply, example

Unit = Literal["nm", "um", "mm", "cm", "m"]
Length = Annotated[float, Field(gt=0)]


class PixelSizeInfo(Reply):
    """The size of a pixel."""

    width: float
    height: float
    unit: Unit


class NewPixelSize(Body):
    """The size of a pixel; without a height it is square."""

    width: Length
    height: Length | None = None
    unit: Unit

    def size(self) -> PixelSize:
        """Return it as the service takes it."""
        return PixelSize(self.width, self.width if self.height is None else self.height, self.unit)


class PixelSizeBody(Body):
    """A pixel size to set; null takes it away."""

    model_config = example({"pixel_size": {"width": 0.25, "unit": "um"}}, {"pixel_size": None})

    pixel_size: NewPixelSize | None

    def size(self) -> PixelSize | None:
        """Return it as the service takes it."""
        return None if self.pixel_size is None else self.pixel_size.size()
