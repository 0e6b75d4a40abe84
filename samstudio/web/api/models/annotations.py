"""Annotations in requests and replies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from samstudio.domain import HistoryAction
from samstudio.services.annotations.categories import MAX_NAME
from samstudio.services.annotations.changes import MAX_CLIENT_ID
from samstudio.web.api.models.base import (
    LARGEST_ID,
    Body,
    MaskFormat,
    NoteText,
    Page,
    PageQuery,
    Query,
    Reply,
    Status,
    VersionChoice,
    example,
)
from samstudio.web.api.models.masks import AnyMask
from samstudio.web.api.models.predictions import PromptBody

CategoryName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_NAME,
        pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$",
        description="Made when it is new.",
        examples=["scratch"],
    ),
]
Revision = Annotated[int, Field(ge=1, le=LARGEST_ID, examples=[1])]


class MaskQuery(Query):
    """The format of masks in the reply, or ``none`` to leave them out."""

    mask_format: MaskFormat | Literal["none"] = "rle"
    tolerance: float = Field(0, ge=0, le=100, description="Pixels by which polygons may leave the edge.")


class AnnotationQuery(PageQuery, MaskQuery):
    """A page of an image's annotations, of one status or all."""

    status: Status | None = Field(None, description="Only those of this status; by default all.")


class RevisionQuery(Query):
    """The state of an annotation that the caller saw."""

    revision: int | None = Field(
        None, ge=1, le=LARGEST_ID, description="Refused when the annotation has another one by now."
    )


class AnnotationFromMask(Body):
    """An object whose mask the caller has."""

    model_config = example({"category": "scratch", "mask": {"polygons": [[20, 30, 180, 30, 90, 160]]}})

    category: CategoryName
    mask: AnyMask
    status: Status = "accepted"
    client_id: str | None = Field(
        None,
        min_length=1,
        max_length=MAX_CLIENT_ID,
        pattern=r"^[!-~]+$",
        description="The caller's own name of this request: sent twice, it is stored once.",
    )


class AnnotationFromPrompt(Body):
    """An object whose mask a decoder proposes; by default it is proposed, not accepted."""

    model_config = example({"category": "scratch", "prompt": {"box": [20, 30, 180, 160]}})

    category: CategoryName
    prompt: PromptBody
    version: VersionChoice = "live"
    status: Status = "proposed"
    client_id: str | None = Field(None, min_length=1, max_length=MAX_CLIENT_ID, pattern=r"^[!-~]+$")


NewAnnotationBody = AnnotationFromMask | AnnotationFromPrompt


class AnnotationPatch(Body):
    """A change: ``revision`` is the one that the caller saw; what is left out stays."""

    model_config = example({"revision": 1, "status": "accepted", "category": "scratch"})

    revision: Revision
    category: CategoryName | None = None
    status: Status | None = None
    mask: AnyMask | None = None
    rank: float | None = Field(None, description="A later one lies on top.")
    note: NoteText | None = Field(None, description="What is to be known about it; empty: nothing.")
    flagged: bool | None = Field(None, description="Whether it needs a second look.")


class AnnotationInfo(Reply):
    """One object. ``revision`` rises with each change; ``proposed_by`` is the version that proposed it."""

    id: int
    image_id: str
    category: str
    status: Status
    revision: int
    box: list[float]
    area: int
    mask: AnyMask | None
    proposed_by: int | None
    predicted_iou: float | None
    corrected: bool
    prompts: list[Mapping[str, Any]]
    rank: float | None
    note: str
    flagged: bool
    client_id: str | None
    author: str | None = Field(description="The last person with a name who made, changed or decided on it.")
    created_at: datetime
    updated_at: datetime


class HistoryEntryInfo(Reply):
    """What one write did to an annotation. ``author`` is null where nobody gave a name."""

    at: datetime = Field(description="When it was stored.")
    decided_at: datetime | None = Field(description="When it was decided, where it was stored only later.")
    actions: list[HistoryAction] = Field(examples=[["proposed", "corrected", "accepted"]])
    author: str | None = Field(examples=["Ann"])
    version: int | None = Field(description="The decoder version that proposed the mask.")
    source: str | None = Field(description="The file that it was imported from.")
    category: str | None = Field(description="Its new category, as that was called then.")


class AnnotationHistory(Reply):
    """An annotation's history, the oldest first: how it came, and the last changes."""

    items: list[HistoryEntryInfo]


class AnnotationPage(Page[AnnotationInfo]):
    """A part of an image's annotations, the topmost last."""
