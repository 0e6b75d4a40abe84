"""The strip of images beside the canvas: a part of a list of any length, and what comes before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from samstudio.domain import InvalidInput, NotFound
from samstudio.records import Json
from samstudio.services.image_queries import ImageQuery, ImageQueryService, ListedImage, ListedPage
from samstudio.services.image_queries.service import MAX_PAGE

SHOWN = 200
"""How many images the strip shows at first."""

MOST = 5000


@dataclass(frozen=True)
class StripPart:
    """Images of the strip; ``offset``: how many of the list come before them, of ``total``."""

    page: ListedPage
    offset: int
    total: int


def query_of(request: Mapping[str, Any]) -> ImageQuery:
    """Return the query that the strip follows: ``query``, an address's parameters; all where it is missing.

    Raises:
        InvalidInput: They are no such parameters.
    """
    params = request.get("query") or {}
    if not isinstance(params, Mapping) or not all(isinstance(value, str) for value in params.values()):
        raise InvalidInput("query is not an object of texts")
    return ImageQuery.from_params(params)


def strip_part(lists: ImageQueryService, request: Json) -> StripPart:
    """Return the part of the list that is asked for.

    ``{query, limit}``: the first images; with ``around``, those around this image where it is not among
    the first. ``{query, after}`` and ``{query, before}``: the next `SHOWN` beyond a cursor.

    Raises:
        InvalidInput: The query or a cursor cannot be used.
    """
    query = query_of(request)
    after, before = request.get("after"), request.get("before")
    if after is not None or before is not None:
        page = lists.page(query, after=after, before=before, limit=SHOWN)
    else:
        limit = max(1, min(int(request.get("limit") or SHOWN), MOST))
        page = _part_with(lists, query, request.get("around"), limit)
    offset = lists.position(query, page.items[0].id) if page.items else 0
    return StripPart(page, offset, lists.count(query))


def _part_with(lists: ImageQueryService, query: ImageQuery, around: str | None, limit: int) -> ListedPage:
    first = _first(lists, query, limit)
    if around is None or first.after is None or any(one.id == around for one in first.items):
        return first
    try:
        return lists.around(query, around, each_side=min(max(1, limit // 2), MAX_PAGE))
    except NotFound:  # it was deleted
        return first


def _first(lists: ImageQueryService, query: ImageQuery, limit: int) -> ListedPage:
    """Return the first images, more of them than a page may have."""
    items: list[ListedImage] = []
    page = lists.page(query, limit=min(limit, MAX_PAGE))
    items += page.items
    while page.after is not None and len(items) < limit:
        page = lists.page(query, after=page.after, limit=min(limit - len(items), MAX_PAGE))
        items += page.items
    return ListedPage(tuple(items), before=None, after=page.after)
