"""New annotations: from a mask that the caller has, or from a prompt that a decoder answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samstudio.domain import AnnotationStatus, InvalidInput, NewAnnotation
from samstudio.masks import encode_rle
from samstudio.web.api.mask_formats import from_wire
from samstudio.web.api.models.annotations import AnnotationFromMask, AnnotationFromPrompt
from samstudio.web.api.models.base import version_number
from samstudio.web.api.prediction_replies import prompt_of

if TYPE_CHECKING:
    from samstudio.project import Project


def new_annotation(
    project: Project, image_id: str, body: AnnotationFromMask | AnnotationFromPrompt
) -> NewAnnotation:
    """Return the annotation to store for a request's body.

    Raises:
        NotFound: the image or the version does not exist.
        InvalidInput: the mask or the prompt cannot be used, or the decoder finds nothing there.
    """
    image = project.images.get(image_id)
    if isinstance(body, AnnotationFromPrompt):
        return _proposed(project, image_id, body)
    return NewAnnotation(
        image_id=image.id,
        category=body.category,
        rle=from_wire(body.mask, size=image.size),
        status=AnnotationStatus(body.status),
        client_id=body.client_id,
    )


def _proposed(project: Project, image_id: str, body: AnnotationFromPrompt) -> NewAnnotation:
    prompt = prompt_of(body.prompt)
    found = project.predictions.predict(image_id, prompt, version=version_number(body.version))
    rle = encode_rle(found.masks[0])
    if not found.masks[0].any():
        raise InvalidInput(f"version {found.version} found nothing there: give it another box or points")
    return NewAnnotation(
        image_id=image_id,
        category=body.category,
        rle=rle,
        status=AnnotationStatus(body.status),
        prompts=(prompt.to_json(),),
        proposed_by=found.version,
        proposed_rle=rle,
        predicted_iou=float(found.iou_predictions[0]),
        client_id=body.client_id,
    )
