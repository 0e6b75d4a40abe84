"""Categories as people manage them: their words, colours and order, merging and deleting; and undoing it."""

from __future__ import annotations

from samstudio.services.categories.service import CategoryChange, CategoryService
from samstudio.services.categories.usage import CategoryUse

__all__ = ["CategoryChange", "CategoryService", "CategoryUse"]
