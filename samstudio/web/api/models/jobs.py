"""Tuning jobs in requests and replies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from samstudio.web.api.models.base import AsJson, Body, Page, Reply, example


class JobBody(Body):
    """The options of a tuning job."""

    model_config = example({"max_seconds": 120, "seed": 0})

    max_seconds: float | None = Field(
        None,
        gt=0,
        le=7 * 86400,
        description="Time for encoding, training and judging; null is the server's setting.",
    )
    seed: int = Field(0, ge=0, le=2**32 - 1, description="Seed of everything random.")
    from_live: bool = Field(False, description="Go on from the live version instead of stock.")
    keep_everyday: bool = Field(False, description="Refuse what gets much worse on everyday objects.")


class JobInfo(Reply):
    """A tuning job; ``progress`` is 0 to 1, ``result`` is there once it succeeded.

    ``code`` and ``params`` say to programs what ``reason`` says to people: the gate's verdict.
    """

    id: int
    status: Literal["queued", "running", "succeeded", "failed", "cancelled"]
    phase: str
    progress: float
    step: int
    total_steps: int
    seconds_left: float | None
    cancel_requested: bool
    reason: str
    code: str | None = None
    params: Mapping[str, Any] | None = None
    result: AsJson | None
    config: AsJson
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class JobPage(Page[JobInfo]):
    """A part of the jobs, newest first."""


class PointInfo(Reply):
    """One point of a job's curves."""

    step: int
    loss: float | None
    val_miou: float | None
    seconds: float


class PointList(Reply):
    """A job's curves, in order."""

    items: list[PointInfo]
