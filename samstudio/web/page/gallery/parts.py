"""Parts of a list of any length: by key from what is known, by number where a scroll bar was dragged."""

from __future__ import annotations

from collections.abc import Sequence

from samstudio.domain import InvalidInput
from samstudio.records import Json
from samstudio.services.image_queries import ImageQuery, ImageQueryService, ListedImage

CHUNK = 100


def gallery_part(lists: ImageQueryService, query: ImageQuery, request: Json) -> Sequence[ListedImage]:
    """Return at most ``limit`` images: those after or before a cursor, or those from number ``at`` on.

    Raises:
        InvalidInput: The query, the cursor or a number cannot be used.
    """
    limit = _whole(request, "limit", CHUNK)
    after, before = request.get("after"), request.get("before")
    if after is None and before is None:
        return lists.images_from(query, _whole(request, "at", 0), limit=limit)
    return lists.page(query, after=after, before=before, limit=limit).items


def image_at(lists: ImageQueryService, query: ImageQuery, at: int) -> str:
    """Return the id of the image with a number, counted from 0; the last one where there are not so many.

    Raises:
        InvalidInput: The query finds nothing.
    """
    total = lists.count(query)
    if not total:
        raise InvalidInput("no image fits")
    return lists.images_from(query, max(0, min(at, total - 1)), limit=1)[0].id


def _whole(request: Json, name: str, default: int) -> int:
    value = request.get(name, default)
    if not isinstance(value, int) or value < 0:
        raise InvalidInput(f"{name} is not a whole number from 0")
    return value
