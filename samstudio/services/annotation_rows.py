"""Between annotation rows and the domain's annotations: reading, checking, deriving."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from samstudio.db.tables import AnnotationRow, ImageRow
from samstudio.domain import Annotation, AnnotationStatus, InvalidInput, NotFound, Rle, Size
from samstudio.masks import Mask, decode_rle, encode_rle, mask_to_box
from samstudio.services.categories import to_category


def to_annotation(row: AnnotationRow) -> Annotation:
    """The domain's type of a row."""
    return Annotation(
        id=row.id,
        image_id=row.image_id,
        category=to_category(row.category),
        rle=row.rle,
        box=(row.x0, row.y0, row.x1, row.y1),
        area=row.area,
        status=AnnotationStatus(row.status),
        prompts=tuple(row.prompts),
        proposed_by=row.proposed_by,
        proposed_rle=row.proposed_rle,
        predicted_iou=row.predicted_iou,
        revision=row.revision,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def found(session: Session, annotation_id: int) -> AnnotationRow:
    """The row with that id; raises NotFound."""
    row = session.get(AnnotationRow, annotation_id)
    if row is None:
        raise NotFound(f"there is no annotation {annotation_id}; its image may have been deleted")
    return row


def image_sizes(session: Session, image_ids: Iterable[str]) -> dict[str, Size]:
    """(H, W) of those of the images that exist."""
    sizes: dict[str, Size] = {}
    for image_id in image_ids:
        size = session.execute(select(ImageRow.height, ImageRow.width).where(ImageRow.id == image_id)).first()
        if size is not None:
            sizes[image_id] = (size.height, size.width)
    return sizes


def checked_mask(rle: Rle, size: Size) -> Mask:
    """The mask, bool HxW; raises InvalidInput when it is damaged or not of the image's size (H, W)."""
    try:
        height, width = (int(side) for side in rle["size"])
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(f"not a COCO run-length mask: {error}") from error
    if (height, width) != size:
        raise InvalidInput(
            f"the mask is {width}x{height} pixels but its image is {size[1]}x{size[0]}: "
            "a mask needs the size of its image"
        )
    return decode_rle(rle)


def mask_values(rle: Rle, size: Size) -> dict[str, Any]:
    """The columns that a mask fills: itself in its one canonical spelling, its box, its area.

    Raises InvalidInput as `checked_mask` does, and for an empty mask.
    """
    mask = checked_mask(rle, size)
    x0, y0, x1, y1 = mask_to_box(mask)
    return {"rle": encode_rle(mask), "x0": x0, "y0": y0, "x1": x1, "y1": y1, "area": int(mask.sum())}


def proposed_value(rle: Rle | None, size: Size) -> Rle | None:
    """What a decoder proposed, canonical; it may be empty. Raises InvalidInput as `checked_mask` does."""
    return None if rle is None else encode_rle(checked_mask(rle, size))
