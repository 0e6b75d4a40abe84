"""Finding images: one query object for the gallery, the strip and the review; pages and neighbours by key."""

from __future__ import annotations

from samstudio.services.image_queries.query import ImageQuery
from samstudio.services.image_queries.results import ListedImage, ListedPage, Neighbours, StateCounts
from samstudio.services.image_queries.selection import Selection, SelectionService, SelectionTotals
from samstudio.services.image_queries.service import ImageQueryService
from samstudio.services.image_queries.sorting import SORT_KEYS, SortKey

__all__ = [
    "SORT_KEYS",
    "ImageQuery",
    "ImageQueryService",
    "ListedImage",
    "ListedPage",
    "Neighbours",
    "Selection",
    "SelectionService",
    "SelectionTotals",
    "SortKey",
    "StateCounts",
]
