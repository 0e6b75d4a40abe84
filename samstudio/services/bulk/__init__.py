"""Changes of many images at once, with progress; each can be cancelled, and undone."""

from __future__ import annotations

from samstudio.services.bulk.actions import BULK_ACTIONS
from samstudio.services.bulk.marks import ImageMarks
from samstudio.services.bulk.runs import BulkRun
from samstudio.services.bulk.service import BulkService
from samstudio.services.bulk.workers import workers

__all__ = ["BULK_ACTIONS", "BulkRun", "BulkService", "ImageMarks", "workers"]
