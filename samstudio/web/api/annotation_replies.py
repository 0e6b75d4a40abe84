"""Conversion of annotations from the domain's type to the API's reply."""

from __future__ import annotations

from typing import Literal

from samstudio.domain import Annotation
from samstudio.web.api.mask_formats import to_wire
from samstudio.web.api.models.annotations import AnnotationInfo
from samstudio.web.api.models.base import MaskFormat


def annotation_info(
    one: Annotation, mask_format: MaskFormat | Literal["none"] = "rle", *, tolerance: float = 0.0
) -> AnnotationInfo:
    """Return the reply for an annotation, with its mask in ``mask_format``, or without it for ``none``.

    ``tolerance``: pixels by which polygons may leave the mask's edge.
    """
    mask = None if mask_format == "none" else to_wire(one.rle, mask_format, tolerance=tolerance)
    return AnnotationInfo(
        id=one.id,
        image_id=one.image_id,
        category=one.category.name,
        status=one.status.value,
        revision=one.revision,
        box=list(one.box),
        area=one.area,
        mask=mask,
        proposed_by=one.proposed_by,
        predicted_iou=one.predicted_iou,
        corrected=one.corrected,
        prompts=[dict(prompt) for prompt in one.prompts],
        rank=one.rank,
        note=one.note,
        flagged=one.flagged,
        client_id=one.client_id,
        author=one.author,
        created_at=one.created_at,
        updated_at=one.updated_at,
    )
