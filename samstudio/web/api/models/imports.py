"""Imports in requests and replies: sessions that collect files, plan and apply."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Path
from pydantic import Field

from samstudio.services.dataset_io.imports import IMPORT_FORMATS
from samstudio.web.api.models.base import Body, OneOf, Reply, example
from samstudio.web.api.models.images import CHANNELS, CONTRAST, CONTRAST_PATTERN

ImportId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", examples=["3f2a9c0d1e4b5a67"])]
FilePath = Annotated[
    str,
    Path(
        min_length=1,
        max_length=1024,
        description="The file's path relative to what is imported, such as `images/a.jpg`.",
        examples=["images/a.jpg"],
    ),
]
DoubtIndex = Annotated[int, Path(ge=0, le=10_000, description="Its place among the plan's `doubts`, from 0.")]


READING = {"split_parts", "group_by_folder", "page", "channels", "contrast"}
"""The fields of a `PlanBody` that say how files are read."""


class PlanBody(Body):
    """What to make of the files."""

    model_config = example({"format": "auto", "category": "crack", "status": "proposed"})

    format: Annotated[str, OneOf(IMPORT_FORMATS, also=("auto", "recognised by what the files are"))] = "auto"
    category: str = Field(
        "object", min_length=1, max_length=200, description="Of objects that the files name no category for."
    )
    status: Literal["accepted", "proposed"] = Field("accepted", description="Of the objects that come in.")
    doubtful: bool = Field(False, description="Take in also what the plan holds back as doubtful.")
    split_parts: bool = Field(
        False, description="Make each separate part of a label mask's value an object of its own."
    )
    group_by_folder: bool = Field(
        False,
        description="Put the images of each folder into a group, which is never split between learning and "
        "judging; folders such as `images` and `train` make none.",
    )
    page: int | None = Field(
        None, ge=1, le=10**6, description="Of files with several pages, this one alone; else every one."
    )
    channels: str | None = Field(None, max_length=40, pattern=r"^\d+(,\d+){0,2}$", description=CHANNELS)
    contrast: str | None = Field(None, max_length=200, pattern=CONTRAST_PATTERN, description=CONTRAST)


class FormatChoice(Reply):
    """An import format that the files may have."""

    name: str
    label: str
    description: str
    why: str = Field("", description="What in the files speaks for it.")


class EntryCounts(Reply):
    """What becomes of the entries of one kind; the sum is all there are."""

    new: int = 0
    known: int = 0
    skipped: int = 0


class ImportCounts(Reply):
    """What becomes of every entry; ``boxes`` of the new objects wait for a decoder to draw their mask."""

    files: EntryCounts
    images: EntryCounts
    objects: EntryCounts
    boxes: int = 0


class OutcomeGroup(Reply):
    """Entries that end alike, for one reason; ``names`` are the first of them, ``text`` is a sentence."""

    kind: Literal["file", "image", "object"]
    code: str
    count: int
    why: str
    text: str
    names: list[str]
    skipped: bool = Field(description="Whether they are left out; the others come in all the same.")


class DoubtInfo(Reply):
    """Something a person should look at; `getDoubt` has its picture where ``picture`` says so."""

    image: str
    label: str = Field(description="Which object of the image it is; empty for the image itself.")
    text: str
    held: bool = Field(description="Whether it only comes in when `doubtful` is asked for.")
    picture: bool


class PlanInfo(Reply):
    """What applying would do; nothing is changed yet.

    Without ``format``, the files fit several of the ``choices``: ask for the plan again with one of them.
    """

    format: str | None
    choices: list[FormatChoice]
    counts: ImportCounts | None
    groups: list[OutcomeGroup] = Field(default_factory=list)
    doubts: list[DoubtInfo] = Field(default_factory=list)
    categories: list[str] = Field(default_factory=list)
    folder_groups: int = Field(0, description="How many groups `group_by_folder` makes of the folders.")


class ReportInfo(Reply):
    """What an application did; ``stopped``: by a cancellation. ``first_image``: the first that came in."""

    counts: ImportCounts
    groups: list[OutcomeGroup]
    first_image: str | None
    stopped: bool


class ProgressInfo(Reply):
    """How far planning or applying is, in images, and the name of the present one."""

    done: int
    total: int
    name: str


class ImportInfo(Reply):
    """An import; ``plan`` is there once it was made, ``report`` once it was applied."""

    id: str
    state: Literal["collecting", "planning", "planned", "applying", "done", "cancelled", "failed"]
    created_at: datetime
    changed_at: datetime
    progress: ProgressInfo | None
    plan: PlanInfo | None
    report: ReportInfo | None
    problem: str = Field(description="Why it failed or has to be planned again; empty where it did not.")


class ImportList(Reply):
    """The imports, the one that was changed last first."""

    items: list[ImportInfo]


class StagedFileInfo(Reply):
    """A file that has arrived whole."""

    path: str
    size: int


class StagedFileList(Reply):
    """The files that have arrived: these need not be sent again."""

    items: list[StagedFileInfo]
