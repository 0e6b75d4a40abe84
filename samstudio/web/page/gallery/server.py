"""The server functions of the gallery: JSON in, JSON out, over the services."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from samstudio.domain import InvalidInput
from samstudio.records import Json
from samstudio.services.image_queries import ImageQuery, ListedImage
from samstudio.services.image_queries.choices import MOST, Choices
from samstudio.web.page.canvas.strip import query_of
from samstudio.web.page.gallery.parts import gallery_part
from samstudio.web.page.server_functions import ServerFunction, errors_as_json

if TYPE_CHECKING:
    from samstudio.project import Project


class GalleryServer:
    """The gallery's server functions; `functions` lists them for Gradio."""

    def __init__(self, *, project: Project) -> None:
        self._project = project

    def functions(self) -> list[ServerFunction]:
        """Return plain functions that answer with an error instead of raising."""
        functions: list[ServerFunction] = [
            self.gallery_images,
            self.gallery_overview,
            self.gallery_choices,
            self.move_images,
        ]
        return [errors_as_json(one) for one in functions]

    def gallery_images(self, request: Json) -> Json:
        """List a part of the images of a query.

        ``{query, at | after | before, limit}`` → ``{items}``, of the `gallery_part` that is asked for.
        """
        items = gallery_part(self._project.image_queries, query_of(request), request)
        colours = "".join(one.color for one in self._project.annotations.categories())
        stamp = f"{zlib.crc32(colours.encode()):x}"  # overlays show them, and browsers keep overlays
        return {"items": [_card(one, stamp) for one in items]}

    def gallery_overview(self, request: Json) -> Json:
        """Count.

        ``{query}`` → how many images fit, and where none does how many would without each of the filters
        (``wider``); what the dataset holds, its categories, and how many images are in the trash.
        """
        annotations, lists = self._project.annotations, self._project.image_queries
        counts, query = annotations.counts(), query_of(request)
        found = lists.count(query)
        return {
            "found": found,
            "wider": {} if found else {name: lists.count(one) for name, one in query.without_each().items()},
            "images": lists.count(ImageQuery()),
            "with_accepted": counts.images_with_accepted,
            "accepted": counts.accepted,
            "proposed": counts.proposed,
            "categories": [category.name for category in annotations.categories()],
            "trash": lists.count(ImageQuery(trashed=True)),
        }

    def gallery_choices(self, _request: Json) -> Json:
        """List what filters have to choose of.

        ``{}`` → by filter ``{items, more}``: the values that the dataset has, and whether there are others.
        """
        lists = self._project.image_queries
        categories = [one.name for one in self._project.annotations.categories()]
        found = {
            **lists.choices(),
            "category": Choices(tuple(categories[:MOST]), len(categories) > MOST),
            "tag": Choices.of(tag for tag, _ in lists.tags()),
        }
        return {name: {"items": list(one.items), "more": one.more} for name, one in found.items()}

    def move_images(self, request: Json) -> Json:
        """Move images into the trash, or out of it with their annotations.

        ``{ids, to: "trash" | "dataset"}`` → ``{moved}``, the ids of those that were not there.

        Raises:
            InvalidInput: ``ids`` is no list of texts.
        """
        ids, to = request["ids"], request["to"]
        if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
            raise InvalidInput("ids is not a list of images' ids")
        moves = {"trash": self._project.trash.discard, "dataset": self._project.trash.restore}
        return {"moved": moves[to](ids)}


def _card(one: ListedImage, colours: str) -> Json:
    return {
        "id": one.id,
        "number": one.seq,
        "filename": one.image.filename,
        "width": one.image.width,
        "height": one.image.height,
        "accepted": one.accepted,
        "proposed": one.proposed,
        "corrected": one.corrected,
        "state": one.state,
        "flagged": one.flagged,
        "note": one.note,
        "split": one.split,
        "tags": list(one.tags),
        "trashed": one.deleted_at is not None,
        "changed": f"{one.changed_at.isoformat()} {colours}",
        "cursor": one.cursor,
    }
