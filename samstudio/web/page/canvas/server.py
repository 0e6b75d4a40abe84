"""The server functions of the canvas: JSON in, JSON out, over the services.

A failure comes back as ``{"error": sentence}``, because Gradio turns an
exception in a server function into nothing at all. Gradio passes server
functions no user and does not queue them: everything is checked here or in
the services. Those on images are here; those on prompts and on objects have
modules of their own, as have those on marks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from samstudio.domain import AnnotationStatus, Image
from samstudio.records import Json
from samstudio.web.encoding_queue import EncodingQueue
from samstudio.web.page.canvas import requests as read
from samstudio.web.page.canvas.marks import CanvasMarks, image_marks
from samstudio.web.page.canvas.objects import CanvasObjects
from samstudio.web.page.canvas.prompting import CanvasPrompting
from samstudio.web.page.canvas.strip import query_of, strip_part
from samstudio.web.page.samples import add_samples
from samstudio.web.page.server_functions import ServerFunction, errors_as_json

if TYPE_CHECKING:
    from samstudio.project import Project

IMAGES_AHEAD = 2
"""How many images after the open one are prepared ahead."""


class CanvasServer:
    """The canvas's server functions; `functions` lists them for Gradio."""

    def __init__(self, *, project: Project, encoding_queue: EncodingQueue) -> None:
        self._project = project
        self._encoding_queue = encoding_queue
        self._prompting = CanvasPrompting(project=project)
        self._objects = CanvasObjects(project=project)
        self._marks = CanvasMarks(project=project)

    def functions(self) -> list[ServerFunction]:
        """Return plain functions that answer with an error instead of raising."""
        functions: list[ServerFunction] = [
            self.list_images,
            self.neighbours,
            self.open_image,
            self.prepare_image,
            self.add_category,
            self.add_samples,
            self._prompting.predict,
            self._prompting.predict_boxes,
            self._objects.change_objects,
            self._objects.update_object,
            self._objects.changes,
            self._marks.mark_image,
            self._marks.mark_object,
            self._marks.next_to_do,
        ]
        return [errors_as_json(one) for one in functions]

    def list_images(self, request: Json) -> Json:
        """List images, and the categories.

        ``{query, limit, around, at, stay, after, before}`` → the `strip_part` of the list that
        `query_of` names; each image with its ``cursor``.
        """
        part = strip_part(self._project.image_queries, request)
        return {
            "images": [
                {**self._image(one.image, one.accepted, one.proposed, one.flagged), "cursor": one.cursor}
                for one in part.page.items
            ],
            "before": part.page.before,
            "after": part.page.after,
            "offset": part.offset,
            "total": part.total,
            "stray": part.stray,
            "categories": self._objects.categories(),
        }

    def neighbours(self, request: Json) -> Json:
        """Find the images before and after one, in the order of the query, which need not be listed.

        ``{query, image_id, at}`` → ``{previous, next}``, null at an end; beside the place ``at``, a cursor,
        where that is given.
        """
        lists, image_id = self._project.image_queries, read.text(request, "image_id")
        found = lists.neighbours(query_of(request), image_id, at=request.get("at"))
        return {"previous": found.previous, "next": found.next}

    def open_image(self, request: Json) -> Json:
        """Open an image.

        ``{image_id}`` → the image, its accepted and proposed objects with their masks, and ``problems``:
        a sentence for each object that is not among them, since its stored mask cannot be used.
        """
        image = self._project.images.get(read.text(request, "image_id"))
        objects, problems = self._objects.of_image(image)
        accepted = sum(one["status"] == AnnotationStatus.ACCEPTED for one in objects)
        flagged = image.flagged or any(one["marks"]["flagged"] for one in objects)
        shown = self._image(image, accepted, len(objects) - accepted, flagged)
        return {"image": shown, "objects": objects, "problems": problems}

    def prepare_image(self, request: Json) -> Json:
        """Encode an image, and queue the images after it.

        ``{image_id, query}`` → the same, when the image's embedding is there, and ``drawn``: how many masks
        were proposed for boxes that had come in without, where there were any.
        """
        image_id = self._project.images.get(read.text(request, "image_id")).id
        drawn = self._encoding_queue.prepare_now(image_id)
        self._encoding_queue.add(
            self._project.image_queries.following(query_of(request), image_id, IMAGES_AHEAD)
        )
        return {"image_id": image_id, **({"drawn": drawn} if drawn else {})}

    def add_samples(self, _request: Json) -> Json:
        """Add the sample images; return the id of the first."""
        ids = add_samples(self._project)
        self._encoding_queue.add(ids)
        return {"image_id": ids[0] if ids else None}

    def add_category(self, request: Json) -> Json:
        """Add a category; one that exists stays as it is.

        ``{name}`` → all categories.
        """
        self._project.annotations.ensure_category(read.text(request, "name"))
        return {"categories": self._objects.categories()}

    def _image(self, image: Image, accepted: int, proposed: int, flagged: bool) -> Json:
        return {
            "id": image.id,
            "filename": image.filename,
            "width": image.width,
            "height": image.height,
            "accepted": accepted,
            "proposed": proposed,
            "ready": self._encoding_queue.is_prepared(image.id),
            "marks": image_marks(image),
            "flagged": flagged,
        }
