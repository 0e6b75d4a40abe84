"""Checks of the accepted objects before a tuning job is started."""

from __future__ import annotations

from samstudio.services.preflight.service import PreflightService

__all__ = ["PreflightService"]
