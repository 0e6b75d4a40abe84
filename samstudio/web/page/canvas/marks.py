"""The canvas's marks: where an image stands, notes and flags of images and objects, what is next to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from samstudio.domain import Annotation, Image, ImageState, InvalidInput, StaleAnnotation, StaleImage
from samstudio.records import Json
from samstudio.web.page.canvas import requests as read
from samstudio.web.page.canvas.strip import query_of

if TYPE_CHECKING:
    from samstudio.project import Project

OF_IMAGE = {"state": str, "note": str, "flagged": bool}
OF_OBJECT = {"note": str, "flagged": bool}


class CanvasMarks:
    """The server functions on marks; what somebody else changed meanwhile is given, and not written over."""

    def __init__(self, *, project: Project) -> None:
        self._project = project

    def mark_image(self, request: Json) -> Json:
        """Say where an image stands, and change its note and flag: all of it or nothing.

        ``{image_id, values, seen}``, both of these ``{state, note, flagged}`` or a part → ``stored``, the
        ``marks`` as they are now, and ``left``: how many images nobody has said to be finished.

        Raises:
            InvalidInput: A value cannot be used.
            NotFound: there is no such image.
        """
        image_id = read.text(request, "image_id")
        values, seen = _marks(request, "values", OF_IMAGE), _marks(request, "seen", OF_IMAGE)
        try:
            self._project.image_marks.change(image_id, _actions(values), seen=seen)
            stored = True
        except StaleImage:
            stored = False
        left = self._project.image_queries.states().unfinished
        return {"stored": stored, "marks": image_marks(self._project.images.get(image_id)), "left": left}

    def mark_object(self, request: Json) -> Json:
        """Change an object's note and flag, both or nothing.

        ``{id, values, seen}``, both of these ``{note, flagged}`` or a part → ``stored``, the ``marks`` as
        they are now, and the object's ``revision``.

        Raises:
            InvalidInput: A value cannot be used.
            NotFound: there is no such object.
        """
        id_ = int(request["id"])
        values, seen = _marks(request, "values", OF_OBJECT), _marks(request, "seen", OF_OBJECT)
        try:
            present, stored = self._project.annotations.mark(id_, **values, seen=seen), True
        except StaleAnnotation:
            present, stored = self._project.annotations.get(id_), False
        return {"stored": stored, "marks": object_marks(present), "revision": present.revision}

    def next_to_do(self, request: Json) -> Json:
        """Find the image to go on with after one that is finished.

        ``{query, image_id, at}`` → ``next``: the next of the list that nobody has said to be finished, after
        the last one the first; ``beside``: the one that simply follows. Either is null where there is none.
        ``at``: the cursor with which the image was found; what is said of it may move it in the list.
        """
        lists, query, at = self._project.image_queries, query_of(request), request.get("at")
        image_id = read.text(request, "image_id")
        beside = lists.neighbours(query, image_id, at=at).next
        return {"next": lists.next_unfinished(query, image_id, at=at), "beside": beside}


def image_marks(image: Image) -> Json:
    """Return what a person said of an image."""
    return {"state": image.mark or ImageState.TODO.value, "note": image.note, "flagged": image.flagged}


def object_marks(annotation: Annotation) -> Json:
    """Return what a person said of an object."""
    return {"note": annotation.note, "flagged": annotation.flagged}


def _marks(request: Mapping[str, Any], key: str, kinds: Mapping[str, type]) -> dict[str, Any]:
    given = request.get(key) or {}
    if not isinstance(given, Mapping):
        raise InvalidInput(f"{key} is not an object of marks")
    for name, value in given.items():
        if name not in kinds or type(value) is not kinds[name]:
            raise InvalidInput(f"{key} has no such mark: {str(name)[:40]}")
    return dict(given)


def _actions(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the actions on images that do this."""
    said = [(name, values[name]) for name in ("state", "note") if name in values]
    flag = [("flag" if values["flagged"] else "unflag", "")] if "flagged" in values else []
    return [*said, *flag]
