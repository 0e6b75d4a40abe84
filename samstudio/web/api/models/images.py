"""Images in requests and replies."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from samstudio.web.api.models.base import Page, PageQuery, Query, Reply


class ImageQuery(PageQuery):
    """A page of images, and their order."""

    order: Literal["oldest", "newest"] = Field("oldest", description="Which come first.")


class NewImageQuery(Query):
    """An image's name and group, which are sent beside its bytes."""

    filename: str | None = Field(
        None, max_length=500, description="The file's name, where the body is the image itself."
    )
    group: str | None = Field(
        None,
        max_length=200,
        pattern=r"^[^\x00-\x1f]*$",
        description="Images of one group are never split between training and judging.",
    )


class DeleteImageQuery(Query):
    """The extent of a deletion."""

    with_annotations: bool = Field(False, description="Delete its annotations too, for good.")


class ImageInfo(Reply):
    """An image; ``id`` is the SHA-256 of its pixels, so the same pixels are one image."""

    id: str
    filename: str
    width: int
    height: int
    source_format: str = Field(examples=["JPEG"])
    created_at: datetime
    group: str | None = None


class AddedImage(Reply):
    """The result of an upload; ``created`` is false when these pixels were here already."""

    image: ImageInfo
    created: bool


class ImagePage(Page[ImageInfo]):
    """A part of the images."""
