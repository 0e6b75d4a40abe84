"""Decoder versions, the alias ``live``, kept evaluations, and transfer of versions as files."""

from __future__ import annotations

from samstudio.services.versions.service import VersionService

__all__ = ["VersionService"]
