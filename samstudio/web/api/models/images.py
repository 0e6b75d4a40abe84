"""Images in requests and replies."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from samstudio.web.api.models.base import Page, PageQuery, Query, Reply
from samstudio.web.api.models.pixel_sizes import PixelSizeInfo

CHANNELS = "One to three channels to show, from 1, e.g. `4,2`: one is grey, more are red, green and blue."
CONTRAST = (
    "The values shown as black and as white, `LOW:HIGH`; one range, or one a channel with commas between."
)
CONTRAST_PATTERN = r"^[-+.\deE]+:[-+.\deE]+(,[-+.\deE]+:[-+.\deE]+){0,2}$"


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
    page: int | None = Field(
        None, ge=1, le=10**6, description="Which page of a file with several, from 1; else the first."
    )
    all_pages: bool = Field(False, description="Store every page, as images of one group.")
    channels: str | None = Field(None, max_length=40, pattern=r"^\d+(,\d+){0,2}$", description=CHANNELS)
    contrast: str | None = Field(None, max_length=200, pattern=CONTRAST_PATTERN, description=CONTRAST)


class DeleteImageQuery(Query):
    """The extent of a deletion."""

    with_annotations: bool = Field(False, description="Delete its annotations too.")
    for_good: bool = Field(False, description="Not into the trash, from which it could be restored.")


class ImageInfo(Reply):
    """An image; ``id`` is the SHA-256 of its pixels, so the same pixels are one image."""

    id: str
    filename: str
    width: int
    height: int
    source_format: str = Field(examples=["JPEG"])
    created_at: datetime
    group: str | None = None
    pixel_size: PixelSizeInfo | None = Field(
        None, description="Its own, as set or as its file says; null: that of the dataset."
    )
    mark: Literal["done", "nothing"] | None = Field(
        None, description="What a person said of where it stands; `nothing`: that there is nothing on it."
    )
    note: str = Field("", description="What is to be known about it.")
    flagged: bool = Field(False, description="Whether it needs a second look, its objects aside.")


class AddedImage(Reply):
    """The result of an upload; ``created`` is false when these pixels were here already.

    ``notes`` say what was decided when the file was read, for a person to check. With `all_pages`,
    ``image`` is the first page that could be read, ``others`` are the further ones, and ``refused`` says
    of each other page why it could not be read.
    """

    image: ImageInfo
    created: bool
    pages: int = Field(1, description="How many pages the file has.")
    notes: list[str] = Field(default_factory=list)
    others: list[ImageInfo] = Field(default_factory=list)
    refused: list[str] = Field(default_factory=list)


class ImagePage(Page[ImageInfo]):
    """A part of the images."""
