"""Masks in requests and replies: COCO run-lengths, polygons, or a PNG."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from samstudio.web.api.models.base import Body

_RLE = {"size": [4, 6], "counts": "9220003"}
_POLYGON = [2, 1, 5, 1, 5, 3, 2, 3]


class CocoRle(Body):
    """COCO run-lengths: ``size`` (height, width); ``counts`` compressed text, or plain numbers.

    Runs go down the columns, background first, and must fill the image exactly.
    """

    size: list[int] = Field(min_length=2, max_length=2)
    counts: str | list[int]


class RleMask(Body):
    """A mask as COCO run-lengths: exact and small."""

    rle: CocoRle = Field(examples=[_RLE])


class PolygonsMask(Body):
    """A mask as closed outlines, each ``[x, y, x, y, …]`` on the pixels' corners.

    Pixel (x, y) is the square from x to x+1. What an odd number of outlines
    enclose is inside, so an outline within another one is a hole.
    """

    polygons: list[Annotated[list[float], Field(min_length=6)]] = Field(examples=[[_POLYGON]])


class PngMask(Body):
    """A mask as a PNG of the image's size, in base64: one value a pixel, 0 is background."""

    png: str = Field(
        examples=[
            "iVBORw0KGgoAAAANSUhEUgAAAAYAAAAEAQAAAACFf3PuAAAAEElEQVR42mNgYLBgYmBgAAABKAA7TwXVmQAAAABJRU5ErkJggg=="
        ]
    )


AnyMask = RleMask | PolygonsMask | PngMask
