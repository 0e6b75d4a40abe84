"""Two decoder versions on the same objects: scored, shown mask by mask, blended, kept."""

from __future__ import annotations

from samstudio.services.comparison.service import ComparisonService

__all__ = ["ComparisonService"]
