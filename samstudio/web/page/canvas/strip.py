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
    """Images of the strip; ``offset``: how many of the list come before them, of ``total``.

    ``stray``: the id of an image among them that is not one of the list.
    """

    page: ListedPage
    offset: int
    total: int
    stray: str | None = None


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
    the first. It is listed at ``at``, the cursor with which it was found, else where it now belongs; with
    ``stay`` also where it does not fit any more.
    ``{query, after}`` and ``{query, before}``: the next `SHOWN` beyond a cursor.

    Raises:
        InvalidInput: The query or a cursor cannot be used.
    """
    query = query_of(request)
    after, before = request.get("after"), request.get("before")
    if after is not None or before is not None:
        page = lists.page(query, after=after, before=before, limit=SHOWN)
        offset = lists.position(query, page.items[0].id) if page.items else 0
        return StripPart(page, offset, lists.count(query))
    around = request.get("around")
    limit = max(1, min(int(request.get("limit") or SHOWN), MOST))
    part = None if around is None else _part_around(lists, query, request, limit)
    return part or StripPart(_first(lists, query, limit), 0, lists.count(query))


def _part_around(lists: ImageQueryService, query: ImageQuery, request: Json, limit: int) -> StripPart | None:
    """Return the images around one; None where the first images have it, or it is not to be listed.

    Args:
        lists: Where to look.
        query: Which images, in which order.
        request: The request: ``around``, ``at``, ``stay``.
        limit: How many images are wanted.
    """
    image_id, at = request["around"], request.get("at")
    try:
        fits = lists.fits(query, image_id)
        if not fits and not (request.get("stay") and _may_stay(lists, query, image_id)):
            return None
        number = lists.position(query, image_id, at=at)
        if fits and number < limit and at in (None, lists.get(image_id, query).cursor):
            return None
        each_side = limit if number <= limit else max(1, limit // 2)
        page = lists.around(query, image_id, each_side=min(each_side, MAX_PAGE), at=at)
    except NotFound:  # it was deleted
        return None
    index = next(index for index, one in enumerate(page.items) if one.id == image_id)
    return StripPart(page, number - index, lists.count(query), None if fits else image_id)


def _may_stay(lists: ImageQueryService, query: ImageQuery, image_id: str) -> bool:
    """Return whether an image that does not fit is at least in the trash, or not, as the list's are."""
    return (lists.get(image_id).deleted_at is not None) == query.trashed


def _first(lists: ImageQueryService, query: ImageQuery, limit: int) -> ListedPage:
    """Return the first images, more of them than a page may have."""
    items: list[ListedImage] = []
    page = lists.page(query, limit=min(limit, MAX_PAGE))
    items += page.items
    while page.after is not None and len(items) < limit:
        page = lists.page(query, after=page.after, limit=min(limit - len(items), MAX_PAGE))
        items += page.items
    return ListedPage(tuple(items), before=None, after=page.after)
