"""Decoder versions in requests and replies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from samstudio.sam.transfer import DECODER_FORMATS
from samstudio.services.comparison.types import SHARES
from samstudio.services.watch.types import Action
from samstudio.web.api.models.base import AsJson, Body, OneOf, Query, Reply, example


class VersionInfo(Reply):
    """A decoder; ``promoted``: whether it has ever been live; ``scores``: what the gate measured.

    ``code`` and ``params`` say to programs what ``reason`` says to people: the gate's verdict. They are
    null where no gate judged it, or an earlier release did.
    """

    number: int
    model: str
    live: bool
    promoted: bool
    parent: int | None
    job_id: int | None
    reason: str
    created_at: datetime
    sha256: str | None
    dataset_digest: str | None
    scores: AsJson
    code: str | None = None
    params: Mapping[str, Any] | None = None


class VersionList(Reply):
    """Every version, newest first, and the number of the live one."""

    live: int
    items: list[VersionInfo]


class LiveInfo(Reply):
    """The live version, and since when it is live (null: from the start)."""

    number: int
    moved_at: datetime | None


class WatchFiguresInfo(Reply):
    """The live version on objects that are new to it, beside the one before it (``former``) and stock.

    ``objects`` are scored, ``waiting`` not yet; ``untouched`` were accepted as the live version proposed
    them, which flatters its mIoU. ``evidence``: that it is worse than ``former``; ``limit`` is enough.
    ``action``: what happens then. ``problem``: why nothing more can be scored; empty as a rule.
    """

    version: int
    former: int
    since: datetime
    objects: int
    waiting: int
    untouched: int
    live_miou: float | None
    former_miou: float | None
    stock_miou: float | None
    evidence: float
    limit: float
    worse: bool
    action: Action
    problem: str


class TakenBackInfo(Reply):
    """The version that the watch took back by itself, and the one that is live since."""

    version: int
    to: int
    at: datetime
    reason: str


class WatchInfo(Reply):
    """The watch: ``watching`` is null while stock is live, ``taken_back`` once a person has moved live."""

    watching: WatchFiguresInfo | None
    taken_back: TakenBackInfo | None


class ReasonBody(Body):
    """A reason for the change of the live version, kept with it."""

    model_config = example({"reason": "finer edges on scratches"})

    reason: str = Field("", max_length=500, pattern=r"^[^\x00]*$")


class FileQuery(Query):
    """The format of a version's file."""

    format: Annotated[str, OneOf(DECODER_FORMATS)] = "safetensors"


class NewVersionQuery(Query):
    """A decoder file's name and a reason, which are sent beside its bytes."""

    filename: str = Field(
        min_length=1,
        max_length=255,
        pattern=r"^[^\x00-\x1f]*$",
        description="The file's name; its ending says how it is read.",
        examples=["scratches.safetensors"],
    )
    reason: str = Field("", max_length=500, pattern=r"^[^\x00]*$", description="Why; kept with the version.")


class BlendBody(Body):
    """The strength of a blend: how far to go from stock (0) to the version (1)."""

    model_config = example({"strength": 0.5})

    strength: float = Field(description=f"One of {', '.join(map(str, SHARES))}.")
