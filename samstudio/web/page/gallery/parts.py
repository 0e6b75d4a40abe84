"""Parts of a list of any length: by key from what is known, by number where a scroll bar was dragged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from samstudio.domain import InvalidInput
from samstudio.records import Json
from samstudio.services.image_queries import ImageQuery, ImageQueryService, ListedImage
from samstudio.services.image_queries.service import MAX_PAGE

CHUNK = 100


def gallery_part(lists: ImageQueryService, query: ImageQuery, request: Json) -> Sequence[ListedImage]:
    """Return at most ``limit`` images: those after or before a cursor, or those from number ``at`` on.

    Raises:
        InvalidInput: The query, the cursor or a number cannot be used.
    """
    limit = _whole(request, "limit", CHUNK)
    after, before = request.get("after"), request.get("before")
    if after is None and before is None:
        return images_from(lists, query, _whole(request, "at", 0), limit)
    return lists.page(query, after=after, before=before, limit=limit).items


def images_from(lists: ImageQueryService, query: ImageQuery, at: int, limit: int) -> Sequence[ListedImage]:
    """Return the images of a query from the number ``at`` on, counted from 0.

    The keys alone are walked up to there, from the nearer end. Everything else is paged by key.

    Args:
        lists: Where to look.
        query: Which images, in which order.
        at: How many images come before the first one wanted.
        limit: How many to return at most, 1 to `MAX_PAGE`.
    """
    if at == 0:
        return lists.page(query, limit=limit).items
    if at >= lists.count(query):
        return ()
    image_id = image_at(lists, query, at)
    around = lists.around(query, image_id, each_side=min(limit, MAX_PAGE)).items
    first = next(index for index, one in enumerate(around) if one.id == image_id)
    return around[first : first + limit]


def image_at(lists: ImageQueryService, query: ImageQuery, at: int) -> str:
    """Return the id of the image with a number, counted from 0; the last one where there are not so many.

    Raises:
        InvalidInput: The query finds nothing.
    """
    total = lists.count(query)
    if not total:
        raise InvalidInput("no image fits")
    return _nth(lists, query, max(0, min(at, total - 1)), total)


def _nth(lists: ImageQueryService, query: ImageQuery, at: int, total: int) -> str:
    """Return the id of an image by its number, 0 <= ``at`` < ``total``."""
    key = query.sort_key
    if at > total // 2 and key.column == key.column_down:
        query, at = replace(query, descending=not query.falls), total - 1 - at
    first = lists.page(query, limit=1).items[0].id
    return lists.following(query, first, at)[-1] if at else first


def _whole(request: Json, name: str, default: int) -> int:
    value = request.get(name, default)
    if not isinstance(value, int) or value < 0:
        raise InvalidInput(f"{name} is not a whole number from 0")
    return value
