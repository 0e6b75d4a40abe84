"""The dataset's one way in: files, format readers, plan, import."""

from __future__ import annotations

from samstudio.services.dataset_io.imports.formats import IMPORT_FORMATS, ImportFormat

__all__ = ["IMPORT_FORMATS", "ImportFormat"]
