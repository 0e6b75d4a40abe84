"""Stand-ins: a version that has always been live, and a tuning service without jobs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from samstudio.domain import LiveVersion
from samstudio.services.annotations import AnnotationService
from samstudio.services.tuning import TuningService


def live_since_ever() -> LiveVersion:
    """Version 1, live since before anything was accepted."""
    return LiveVersion(1, datetime(2000, 1, 1, tzinfo=UTC))


def never(*_: Any) -> Any:
    raise AssertionError("not to be used")


def tuning_over(annotations: AnnotationService) -> TuningService:
    """A service whose other parts are never used."""
    missing: Any = None
    return TuningService(
        jobs=missing,
        images=missing,
        annotations=annotations,
        versions=missing,
        model=never,
        embeddings=never,
        default_max_seconds=1.0,
    )
