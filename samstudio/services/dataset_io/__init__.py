"""The dataset in and out: import from folders and COCO files, export to the formats of other tools."""

from __future__ import annotations

from samstudio.services.dataset_io.service import DatasetService

__all__ = ["DatasetService"]
