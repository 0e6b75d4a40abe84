"""The canvas's objects: storing, correcting and removing them, and listing what others changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from samstudio.authors import short_name
from samstudio.domain import (
    Annotation,
    AnnotationStatus,
    Image,
    InvalidInput,
    NewAnnotation,
    Rle,
    Size,
    StaleAnnotation,
)
from samstudio.masks import UnusableMask, encode_rle, usable_mask
from samstudio.records import Json
from samstudio.web.page.canvas import requests as read
from samstudio.web.page.canvas.marks import object_marks
from samstudio.web.page.canvas.wire import from_wire, stored_to_wire

if TYPE_CHECKING:
    from samstudio.project import Project


class CanvasObjects:
    """The server functions on objects; a change of an outdated revision is answered with the present one."""

    def __init__(self, *, project: Project) -> None:
        self._project = project

    def of_image(self, image: Image) -> tuple[list[Json], list[str]]:
        """Return the accepted and proposed objects of an image with their masks, the topmost last.

        Objects whose stored mask cannot be used are left out; the second list has a sentence for each.
        """
        return _usable(self._present(image.id), image)

    def categories(self) -> list[Json]:
        """Return every category with its colour, and with the names that it had where it had others."""
        former = self._project.categories.former_names()
        return [
            {"id": one.id, "name": one.name, "color": one.color}
            | ({"formerly": former[one.id]} if one.id in former else {})
            for one in self._project.annotations.categories()
        ]

    def change_objects(self, request: Json) -> Json:
        """Add, remove, restore and propose objects, all or nothing.

        ``{image_id, add, remove, restore, propose}`` → ``{added, removed, restored, categories}``.
        What is restored is accepted, what is proposed a proposal again; both are
        answered as restored. Sent again with the same ``client_id``s and revisions, because the
        reply got lost, it changes nothing and is answered as the first time.

        What is added is answered without its mask where that is the one which was sent. It is
        another one where another page stored something else under the same ``client_id``.
        """
        image = self._project.images.get(read.text(request, "image_id"))
        new = [self._new(one, image) for one in read.many(request, "add")]
        try:
            done = self._project.annotations.change_many(
                add=new,
                remove=read.seen(request, "remove"),
                restore=read.seen(request, "restore"),
                propose=read.seen(request, "propose"),
            )
        except StaleAnnotation as stale:
            return self._conflict(stale)
        sent = {one.client_id: one.rle for one in new}
        return {
            "added": [
                _without_mask(one) if one.rle == sent.get(one.client_id) else object_json(one, image.size)
                for one in done.added
            ],
            "removed": [{"id": one.id, "revision": one.revision} for one in done.removed],
            "restored": [object_json(one, image.size) for one in done.restored],
            "categories": self.categories(),
        }

    def update_object(self, request: Json) -> Json:
        """Change an object of a known revision.

        ``{id, revision, …}`` → the object, without its mask: that is the one sent, or as it was.
        ``category``, ``status``, ``mask``, ``prompts``, ``version``, ``proposed``,
        ``iou`` and ``rank`` may be changed; what is missing or null stays.
        ``proposed`` belongs to a new answer of a decoder; without it the object keeps
        what was proposed for it before.
        """
        known = self._project.annotations.get(int(request["id"]))
        prompts = request.get("prompts")
        try:
            changed = self._project.annotations.update(
                known.id,
                revision=int(request["revision"]),
                category=None if request.get("category") is None else self._category(request),
                status=read.optional_status(request.get("status")),
                rle=self._rle(request.get("mask"), known),
                prompts=None if prompts is None else read.logged(prompts),
                proposed_by=read.optional_version(request.get("version")),
                proposed_rle=self._rle(request.get("proposed"), known),
                predicted_iou=read.optional_number(request.get("iou")),
                rank=read.optional_number(request.get("rank")),
            )
        except StaleAnnotation as stale:
            return self._conflict(stale)
        return {"object": _without_mask(changed), "categories": self.categories()}

    def changes(self, request: Json) -> Json:
        """List what has changed since the browser last looked.

        ``{image_id, known: {id: revision}}`` → the objects that are new or changed, and the ids gone.

        Raises:
            InvalidInput: ``known`` is not an object.
            NotFound: there is no such image.
        """
        image = self._project.images.get(read.text(request, "image_id"))
        known = request.get("known") or {}
        if not isinstance(known, Mapping):
            raise InvalidInput("known is not an object of ids and revisions")
        revisions = {int(id_): int(revision) for id_, revision in known.items()}
        present = self._present(image.id)
        unchanged = {one.id for one in present if revisions.get(one.id) == one.revision}
        changed, _ = _usable((one for one in present if one.id not in unchanged), image)
        return {
            "objects": changed,
            "gone": sorted(revisions.keys() - unchanged - {one["id"] for one in changed}),
        }

    def _present(self, image_id: str) -> list[Annotation]:
        return self._project.annotations.list(image_id, without=AnnotationStatus.REJECTED)

    def _category(self, request: Mapping[str, Any]) -> str:
        """Return the category that is named, by its present name: the page may not know of a change yet."""
        return self._project.categories.present_name(read.text(request, "category"))

    def _new(self, request: Mapping[str, Any], image: Image) -> NewAnnotation:
        return replace(_new(request, image), category=self._category(request))

    def _rle(self, wire: Any, known: Annotation) -> Rle | None:
        if wire is None:
            return None
        return encode_rle(from_wire(wire, size=self._size(known)))

    def _size(self, annotation: Annotation) -> Size:
        return self._project.images.get(annotation.image_id).size

    def _conflict(self, stale: StaleAnnotation) -> Json:
        present = self._project.annotations.get(stale.annotation_id)
        if present.status is AnnotationStatus.REJECTED:
            gone = {"id": present.id, "revision": present.revision, "deleted": True}
            return {"error": str(stale), "conflict": gone}
        return {"error": str(stale), "conflict": object_json(present, self._size(present))}


def object_json(annotation: Annotation, size: Size) -> Json:
    """Return an object of an image of ``size`` (H, W) with its mask, as the browser reads it.

    Raises:
        UnusableMask: the stored mask cannot be used on such an image.
    """
    return {**_without_mask(annotation), "mask": stored_to_wire(usable_mask(annotation.rle, size))}


def _usable(annotations: Iterable[Annotation], image: Image) -> tuple[list[Json], list[str]]:
    """Return the objects whose masks can be used, and a sentence for each of the others."""
    found: list[Json] = []
    problems: list[str] = []
    for one in annotations:
        try:
            found.append(object_json(one, image.size))
        except UnusableMask as error:
            problems.append(f"object {one.id} on {image.filename} was left out: {error}")
    return found, problems


def _without_mask(annotation: Annotation) -> Json:
    return {
        "id": annotation.id,
        "image_id": annotation.image_id,
        "category": annotation.category.name,
        "category_id": annotation.category.id,
        "color": annotation.category.color,
        "status": annotation.status.value,
        "version": annotation.proposed_by,
        "iou": annotation.predicted_iou,
        "revision": annotation.revision,
        "rank": annotation.rank,
        "client_id": annotation.client_id,
        "corrected": annotation.corrected,
        "marks": object_marks(annotation),
    }


def _author(request: Mapping[str, Any]) -> str | None:
    """Return whose decision it was; empty where they have no name, None where the browser does not say."""
    said = request.get("author")
    return None if said is None else short_name(str(said)) or ""


def _new(request: Mapping[str, Any], image: Image) -> NewAnnotation:
    rle = encode_rle(from_wire(request.get("mask"), size=image.size))
    version = read.optional_version(request.get("version"))
    proposed = request.get("proposed")
    if version is None:
        proposed_rle = None  # drawn by hand: nobody proposed anything
    elif proposed is None:
        proposed_rle = rle
    else:
        proposed_rle = encode_rle(from_wire(proposed, size=image.size))
    return NewAnnotation(
        image_id=image.id,
        category=read.text(request, "category"),
        rle=rle,
        prompts=tuple(read.logged(request.get("prompts"))),
        proposed_by=version,
        proposed_rle=proposed_rle,
        predicted_iou=read.optional_number(request.get("iou")),
        client_id=read.text(request, "client_id"),
        author=_author(request),
        decided_at=read.earlier(request.get("decided_at")),
    )
