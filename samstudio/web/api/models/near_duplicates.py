"""Near-duplicates, suggested as groups."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from samstudio.services.near_duplicates.service import Looked
from samstudio.services.near_duplicates.suggestions import Suggestion
from samstudio.web.api.models.base import Body, Query, Reply, example

SHOWN = 60
"""Images of a suggestion that are listed."""

SuggestionId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$", examples=["3f2a9c0d1e4b5a67"])]


class NearDuplicatesQuery(Query):
    """The part of the list that is asked for."""

    after: SuggestionId | None = Field(None, description="The `after` of the reply before.")
    limit: int = Field(50, ge=1, le=500, description="How many suggestions to give, at most 500.")


class SuggestedImage(Reply):
    """An image of a suggestion, with the group that it is in now."""

    id: str
    filename: str
    group: str | None


class SuggestionInfo(Reply):
    """A group that is suggested.

    ``count``: its images, of which the first 60 are listed. ``groups``: those that images of it are in now;
    they join as wholes. ``name``: of the group that it would be. ``similarity``: of the least similar image
    to another one of it, 1 at most.
    """

    id: str
    name: str
    groups: list[str]
    count: int
    similarity: float
    images: list[SuggestedImage]

    @classmethod
    def of(cls, one: Suggestion) -> SuggestionInfo:
        """Return the reply for a suggestion."""
        return cls(
            id=one.id,
            name=one.name,
            groups=list(one.groups),
            count=len(one.images),
            similarity=one.similarity,
            images=[SuggestedImage.model_validate(image) for image in one.images[:SHOWN]],
        )


class NearDuplicatesInfo(Reply):
    """What is suggested, and how far the search is.

    ``state``: ``looking`` until all encoded images were compared, ``few`` where fewer than ``fewest`` are
    encoded. ``images``: of the dataset; ``compared`` of them were. ``progress``: of what it is at, 0 to 1.
    ``total`` suggestions. ``dismissed``: how often a person dismissed one. ``after``: where to go on.
    """

    state: Literal["looking", "ready", "few", "failed"]
    images: int
    compared: int
    progress: float
    total: int
    dismissed: int
    fewest: int
    problem: str
    items: list[SuggestionInfo]
    after: str | None

    @classmethod
    def of(cls, known: Looked, query: NearDuplicatesQuery) -> NearDuplicatesInfo:
        """Return the reply for what is known; an ``after`` that is gone begins anew."""
        ids = [one.id for one in known.suggestions]
        start = ids.index(query.after) + 1 if query.after in ids else 0
        page = known.suggestions[start : start + query.limit]
        more = start + len(page) < known.total
        return cls(
            state=known.state,
            images=known.images,
            compared=known.compared,
            progress=known.progress,
            total=known.total,
            dismissed=known.dismissed,
            fewest=known.fewest,
            problem=known.problem,
            items=[SuggestionInfo.of(one) for one in page],
            after=page[-1].id if more else None,
        )


class ChosenSuggestions(Body):
    """The suggestions of an action: by their ids, or all."""

    model_config = example({"ids": ["3f2a9c0d1e4b5a67"]}, {})

    ids: list[SuggestionId] | None = Field(None, max_length=100_000, description="Without: all there are.")


class BroughtBack(Reply):
    """How often suggestions had been dismissed, which come back."""

    dismissed: int
