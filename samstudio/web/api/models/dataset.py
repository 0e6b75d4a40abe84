"""The dataset as a whole, and the server itself, in requests and replies."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from samstudio.services.dataset_io.exports import EXPORT_FORMATS
from samstudio.web.api.models.base import OneOf, Query, Reply


class DatasetInfo(Reply):
    """Counts of images and annotations; ``formats`` are those that an export can have."""

    images: int
    images_with_accepted: int
    accepted: int
    proposed: int
    rejected: int
    image_bytes: int
    formats: list[str]


class ExportQuery(Query):
    """An export's format; `dataset` lists those that this server can write."""

    format: Annotated[str, OneOf(EXPORT_FORMATS)] = Field(examples=["coco"])


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
