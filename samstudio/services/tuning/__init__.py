"""A tuning job from start to verdict, over the services and `samstudio.tuning`."""

from __future__ import annotations

from samstudio.services.tuning.service import TuningService

__all__ = ["TuningService"]
