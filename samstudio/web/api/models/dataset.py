"""The dataset as a whole, and the server itself, in requests and replies."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from samstudio.domain import AnnotationStatus
from samstudio.services.dataset_io.exports import EXPORT_FORMATS
from samstudio.services.dataset_io.exports.choice import ExportChoice
from samstudio.services.dataset_io.exports.pixel_size import PixelSizes
from samstudio.web.api.models.base import ChosenImages, OneOf, Query, Reply, Status, example
from samstudio.web.api.models.pixel_sizes import PixelSizeInfo


class StateCountsInfo(Reply):
    """Numbers of images by where they stand; of those that are done or have nothing, a person said so."""

    todo: int
    in_progress: int
    done: int
    nothing: int


class DatasetInfo(Reply):
    """Counts of images and annotations; ``formats`` are those that an export can have.

    ``states``: how many images stand where. ``pixel_size``: of the images that have none of their own;
    ``images_with_pixel_size`` have one.
    """

    images: int
    images_with_accepted: int
    accepted: int
    proposed: int
    rejected: int
    image_bytes: int
    states: StateCountsInfo
    formats: list[str]
    pixel_size: PixelSizeInfo | None
    images_with_pixel_size: int


class GroupInfo(Reply):
    """A group of images, which are never split between training and judging."""

    name: str
    images: int


class GroupList(Reply):
    """Every group, by name."""

    items: list[GroupInfo]


class ExportQuery(Query):
    """An export's format, and what of the dataset it holds; `dataset` lists the formats that there are."""

    format: Annotated[str, OneOf(EXPORT_FORMATS)] = Field(examples=["coco"])
    status: list[Status] = Field(["accepted"], min_length=1, description="Of the objects; repeatable.")
    category: list[str] = Field([], description="Only objects of these categories; repeatable.")
    group: list[str] = Field([], description="Only images of these groups; repeatable. Empty: of none.")
    tag: list[str] = Field(
        [], description="Only images that have one of these tags; repeatable. Empty: none."
    )
    split: list[str] = Field(
        [], description="Only images put into train, val or test; repeatable. Empty: into none."
    )
    images: bool = Field(True, description="Whether the image files are in it.")
    with_empty: bool = Field(False, description="Whether images that have no object are in it.")

    pixel_size: list[str] = Field(
        [],
        description="For measurements, instead of the sizes that are set: of all images, or NAME=SIZE; "
        "repeatable. 0.25x0.5um is of pixels that are not square.",
        examples=[["0.25um"]],
    )

    def choice(self) -> ExportChoice:
        """Return what is to be exported, as the service takes it."""
        return ExportChoice(
            tuple(AnnotationStatus(one) for one in self.status),
            tuple(self.category),
            tuple(self.group),
            tuple(self.tag),
            tuple(self.split),
            with_images=self.images,
            with_empty=self.with_empty,
            pixel_sizes=PixelSizes.parse(self.pixel_size),
        )


class ExportBody(ChosenImages):
    """An export of the images of a list of ids, or of a query (parameters of the list of images)."""

    model_config = example(
        {"export": {"format": "coco"}, "query": {"tag": "hard"}},
        {"export": {"format": "yolo"}, "images": ["8f434346648f6b96df89dda901c5176b"]},
    )

    export: ExportQuery = Field(description="The parameters of the export of the whole dataset.")


class FindingInfo(Reply):
    """One thing worth knowing before tuning; ``error`` means that it cannot begin."""

    severity: Literal["error", "warning", "info"]
    code: str
    text: str
    advice: str
    count: int
    annotation_ids: list[int]
    image_id: str | None


class FindingList(Reply):
    """The findings, the gravest first."""

    findings: list[FindingInfo]


class Greeting(Reply):
    """A greeting, and where the documentation is."""

    message: str
    docs: str
    openapi: str


class Limits(Reply):
    """The largest requests that the server takes."""

    upload_mb: int
    image_megapixels: float
    prompts: int
    points: int
    page: int


class ServerInfo(Reply):
    """The server: its version, its model, the number of the live decoder, its limits."""

    name: str
    version: str
    model: str
    live: int
    limits: Limits
