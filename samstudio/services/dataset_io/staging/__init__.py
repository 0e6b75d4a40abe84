"""Imports that arrive file by file: sessions on disk that collect, plan and apply."""

from __future__ import annotations

from samstudio.services.dataset_io.staging.service import ImportSessions
from samstudio.services.dataset_io.staging.sessions import Asked, Session, State

__all__ = ["Asked", "ImportSessions", "Session", "State"]
