"""Tuning jobs as database rows: queued, claimed by one worker, watched, recovered when lost."""

from __future__ import annotations

from samstudio.services.jobs.service import JobService

__all__ = ["JobService"]
