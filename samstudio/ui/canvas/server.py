"""The server functions of the canvas: JSON in, JSON out, over the services.

A failure comes back as ``{"error": sentence}``, because Gradio turns an
exception in a server function into nothing at all. Server functions know no
user and pass no queue: everything is checked here or in the services.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from samstudio.domain import (
    Annotation,
    AnnotationStatus,
    Image,
    InvalidInput,
    NewAnnotation,
    Prompt,
)
from samstudio.masks import decode_rle, encode_rle
from samstudio.ui.canvas.drafts import DraftLogits, Logits
from samstudio.ui.canvas.wire import from_wire, to_wire
from samstudio.ui.preparing import Preparer
from samstudio.ui.samples import add_samples
from samstudio.ui.spoken import Json, Verb, spoken

if TYPE_CHECKING:
    from samstudio.bootstrap import Studio

MAX_POINTS = 500
MAX_STEPS = 100
NEIGHBOURS = 2
"""How many images after the open one are prepared ahead."""


class CanvasServer:
    """What the canvas may ask; `functions` is what Gradio is given."""

    def __init__(self, *, studio: Studio, preparer: Preparer) -> None:
        self._studio = studio
        self._preparer = preparer
        self._drafts = DraftLogits()
        self._done: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    def functions(self) -> list[Verb]:
        """Plain functions, one a verb, that answer with an error instead of raising."""
        verbs: list[Verb] = [
            self.list_images,
            self.open_image,
            self.prepare_image,
            self.predict,
            self.add_category,
            self.add_object,
            self.update_object,
            self.delete_object,
            self.add_samples,
        ]
        return [spoken(verb) for verb in verbs]

    # ---------------------------------------------------------------- images

    def list_images(self, request: Json) -> Json:
        """``{limit}`` → the images in order, how many there are, and the categories."""
        limit = max(1, min(int(request.get("limit", 200)), 5000))
        images = self._studio.images.list(limit=limit)
        counts = self._studio.annotations.counts_by_image([image.id for image in images])
        return {
            "images": [self._image(image, counts.get(image.id, 0)) for image in images],
            "total": self._studio.images.count(),
            "categories": self._categories(),
        }

    def open_image(self, request: Json) -> Json:
        """``{image_id}`` → the image and its accepted objects with their masks."""
        image = self._studio.images.get(_text(request, "image_id"))
        objects = self._studio.annotations.list(image.id, AnnotationStatus.ACCEPTED)
        return {
            "image": self._image(image, len(objects)),
            "objects": [{**_object(one), "mask": to_wire(decode_rle(one.rle))} for one in objects],
        }

    def prepare_image(self, request: Json) -> Json:
        """``{image_id}`` → answers when the image's embedding is there; its neighbours follow behind."""
        image_id = self._studio.images.get(_text(request, "image_id")).id
        self._preparer.prepare_now(image_id)
        self._preparer.add(self._after(image_id))
        return {"image_id": image_id}

    def _after(self, image_id: str) -> list[str]:
        ids = [image.id for image in self._studio.images.list()]
        index = ids.index(image_id) if image_id in ids else 0
        return ids[index + 1 : index + 1 + NEIGHBOURS]

    def add_samples(self, _request: Json) -> Json:
        """Add the sample images; → the id of the first."""
        ids = add_samples(self._studio)
        self._preparer.add(ids)
        return {"image_id": ids[0] if ids else None}

    def add_category(self, request: Json) -> Json:
        """``{name}`` → all categories; one that exists stays as it is."""
        self._studio.annotations.ensure_category(_text(request, "name"))
        return {"categories": self._categories()}

    # ---------------------------------------------------------------- prompts

    def predict(self, request: Json) -> Json:
        """``{image_id, prompt, previous: {token, steps} | null}`` → mask, predicted IoU, version, token.

        ``previous`` names the answer that this prompt corrects: its logits are
        the ``mask_input``. A first point alone is ambiguous, so the best of
        the three multimask answers is taken then, as segment-anything advises.
        """
        started = time.perf_counter()
        image_id = _text(request, "image_id")
        prompt = _prompt(request.get("prompt"))
        logits = self._previous(image_id, request.get("previous"))
        ambiguous = prompt.box is None and len(prompt.point_coords) == 1
        mask, iou, logits, version = self._decode(image_id, prompt, logits, multimask=ambiguous)
        decoded = time.perf_counter()
        wire = to_wire(mask)
        return {
            "mask": wire,
            "iou": iou,
            "version": version,
            "token": self._drafts.keep(image_id, logits),
            "ms": {
                "decode": round(1000 * (decoded - started), 2),
                "encode": round(1000 * (time.perf_counter() - decoded), 2),
            },
        }

    def _decode(
        self, image_id: str, prompt: Prompt, logits: Logits | None, *, multimask: bool
    ) -> tuple[np.ndarray[Any, np.dtype[np.bool_]], float, Logits, int]:
        asked = Prompt(prompt.box, prompt.point_coords, prompt.point_labels, logits)
        answer = self._studio.predictions.predict(image_id, asked, multimask_output=multimask)
        best = int(np.argmax(answer.iou_predictions))
        low_res = answer.low_res_logits[best : best + 1].astype(np.float32)
        return answer.masks[best], float(answer.iou_predictions[best]), low_res, answer.version

    def _previous(self, image_id: str, previous: Any) -> Logits | None:
        if not isinstance(previous, Mapping):
            return None
        kept = self._drafts.find(image_id, previous.get("token"))
        if kept is not None:
            return kept
        logits: Logits | None = None
        for step in list(previous.get("steps") or [])[-MAX_STEPS:]:
            prompt = _prompt(step)
            ambiguous = prompt.box is None and len(prompt.point_coords) == 1
            logits = self._decode(image_id, prompt, logits, multimask=ambiguous)[2]
        return logits

    # ---------------------------------------------------------------- objects

    def add_object(self, request: Json) -> Json:
        """``{request_id, image_id, category, mask, prompts, version, iou}`` → the stored object.

        The same ``request_id`` twice (a reply got lost) stores one object.
        """
        request_id = _text(request, "request_id")
        with self._lock:
            known = self._done.get(request_id)
            if known is None:
                known = self._done[request_id] = self._studio.annotations.add(self._new(request)).id
                while len(self._done) > 1000:
                    self._done.popitem(last=False)
        return self._stored(self._studio.annotations.get(known))

    def _new(self, request: Json) -> NewAnnotation:
        image = self._studio.images.get(_text(request, "image_id"))
        rle = encode_rle(from_wire(request.get("mask"), size=image.size))
        version, iou = request.get("version"), request.get("iou")
        return NewAnnotation(
            image_id=image.id,
            category=_text(request, "category"),
            rle=rle,
            prompts=tuple(_logged(request.get("prompts"))),
            proposed_by=None if version is None else int(version),
            proposed_rle=None if version is None else rle,
            predicted_iou=None if iou is None else float(iou),
        )

    def update_object(self, request: Json) -> Json:
        """``{id, revision, category?, status?}`` → the object; an error when someone else changed it."""
        status = request.get("status")
        changed = self._studio.annotations.update(
            int(request["id"]),
            revision=int(request["revision"]),
            category=request.get("category"),
            status=AnnotationStatus(status) if status else None,
        )
        return self._stored(changed)

    def delete_object(self, request: Json) -> Json:
        """``{id, revision}`` → what it now is: rejected, so that it can be restored."""
        revision = request.get("revision")
        removed = self._studio.annotations.delete(
            int(request["id"]), revision=None if revision is None else int(revision)
        )
        return {"id": removed.id, "revision": removed.revision}

    # ---------------------------------------------------------------- shapes

    def _stored(self, annotation: Annotation) -> Json:
        return {"object": _object(annotation), "categories": self._categories()}

    def _categories(self) -> list[Json]:
        return [{"name": one.name, "color": one.color} for one in self._studio.annotations.categories()]

    def _image(self, image: Image, accepted: int) -> Json:
        return {
            "id": image.id,
            "filename": image.filename,
            "width": image.width,
            "height": image.height,
            "accepted": accepted,
            "ready": self._preparer.is_prepared(image.id),
        }


def _object(annotation: Annotation) -> Json:
    return {
        "id": annotation.id,
        "image_id": annotation.image_id,
        "category": annotation.category.name,
        "color": annotation.category.color,
        "version": annotation.proposed_by,
        "iou": annotation.predicted_iou,
        "revision": annotation.revision,
    }


def _text(request: Json, key: str) -> str:
    value = request.get(key)
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput(f"{key.replace('_', ' ')} is missing")
    return value.strip()


def _prompt(value: Any) -> Prompt:
    if not isinstance(value, Mapping):
        raise InvalidInput("nothing was pointed at: drag a box or click on the object")
    coords = [(float(x), float(y)) for x, y in value.get("point_coords") or []]
    if len(coords) > MAX_POINTS:
        raise InvalidInput(f"{len(coords)} points are too many for one object; {MAX_POINTS} is the most")
    box = value.get("box")
    return Prompt(
        box=tuple(float(side) for side in box) if box is not None else None,  # type: ignore[arg-type]
        point_coords=tuple(coords),
        point_labels=tuple(int(label) for label in value.get("point_labels") or []),
    )


def _logged(steps: Any) -> list[Json]:
    """The prompts of an object in order, as `Prompt.to_json` writes them."""
    prompts = [_prompt(step).to_json() for step in (steps or [])[-MAX_STEPS:]]
    for later in prompts[1:]:
        later["has_mask_input"] = True
    return prompts
