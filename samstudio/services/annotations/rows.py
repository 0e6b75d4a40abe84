"""Between annotation rows and the domain's annotations: reading, checking, deriving."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from samstudio.db.tables import TRASHED, AnnotationRow, ImageRow
from samstudio.domain import Annotation, AnnotationStatus, NotFound, Rle, Size
from samstudio.masks import mask_of_size, usable_mask
from samstudio.services.annotations.categories import to_category
from samstudio.services.annotations.queries import chunks


def to_annotation(row: AnnotationRow) -> Annotation:
    """Convert a row to the domain's type."""
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
        client_id=row.client_id,
        rank=row.rank,
        note=row.note,
        flagged=row.flagged,
        author=row.author,
    )


def get_or_raise(session: Session, annotation_id: int) -> AnnotationRow:
    """Return the row with that id.

    Raises:
        NotFound: There is none.
    """
    row = session.get(AnnotationRow, annotation_id)
    if row is None or row.status.startswith(TRASHED):
        raise NotFound(f"there is no annotation {annotation_id}; its image may have been deleted")
    return row


def image_sizes(session: Session, image_ids: Iterable[str]) -> dict[str, Size]:
    """Return the size (H, W), in pixels, of each of the images that exists, the trash aside, by id."""
    sizes: dict[str, Size] = {}
    for chunk in chunks(sorted(set(image_ids))):
        query = select(ImageRow.id, ImageRow.height, ImageRow.width)
        there = query.where(ImageRow.id.in_(chunk), ImageRow.deleted_at.is_(None))
        sizes |= {image_id: (height, width) for image_id, height, width in session.execute(there)}
    return sizes


def mask_values(rle: Rle, size: Size) -> dict[str, Any]:
    """Return the columns that a mask fills: its one canonical RLE, its box (XYXY) and its area, in pixels.

    Raises:
        InvalidInput: It is damaged, empty or not of the image's size (H, W).
    """
    mask = usable_mask(rle, size)
    x0, y0, x1, y1 = mask.box
    return {"rle": mask.to_rle(), "x0": x0, "y0": y0, "x1": x1, "y1": y1, "area": mask.area}


def checked_rle(rle: Rle, size: Size) -> Rle:
    """Return a mask, perhaps empty, as its one canonical RLE.

    Raises:
        InvalidInput: It is damaged or not of the image's size (H, W).
    """
    return mask_of_size(rle, size).to_rle()
