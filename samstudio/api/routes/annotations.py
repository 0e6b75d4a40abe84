"""Annotations: listed, added, changed, deleted and brought back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from samstudio.api.annotation_replies import annotation_info
from samstudio.api.documentation import refuses
from samstudio.api.models.annotations import (
    AnnotationInfo,
    AnnotationPage,
    AnnotationPatch,
    AnnotationQuery,
    CategoryInfo,
    CategoryList,
    MaskQuery,
    NewAnnotationBody,
    RevisionQuery,
)
from samstudio.api.models.base import AnnotationId, ImageId
from samstudio.api.new_annotations import new_annotation
from samstudio.api.shapes import from_wire
from samstudio.api.work import HeavyDep, StudioDep
from samstudio.bootstrap import Studio
from samstudio.domain import Annotation, AnnotationStatus, InvalidInput

router = APIRouter(tags=["annotations"])


@router.get(
    "/images/{image_id}/annotations",
    operation_id="listAnnotations",
    summary="List an image's annotations",
    responses=refuses(404, 422),
)
async def list_annotations(
    image_id: ImageId, query: Annotated[AnnotationQuery, Query()], studio: StudioDep, heavy: HeavyDep
) -> AnnotationPage:
    """An image's objects, the lowest first, the topmost last."""
    return await heavy(_page, studio, image_id, query)


def _page(studio: Studio, image_id: str, query: AnnotationQuery) -> AnnotationPage:
    image = studio.images.get(image_id)
    wanted = list(AnnotationStatus) if query.status is None else [AnnotationStatus(query.status)]
    counts = [studio.annotations.counts_by_image([image.id], status=one)[image.id] for one in wanted]
    found = studio.annotations.list(
        image.id,
        None if query.status is None else wanted[0],
        offset=query.offset,
        limit=query.limit,
    )
    return AnnotationPage(
        items=[annotation_info(one, query.mask_format, tolerance=query.tolerance) for one in found],
        total=sum(counts),
        offset=query.offset,
        limit=query.limit,
    )


@router.post(
    "/images/{image_id}/annotations",
    operation_id="addAnnotation",
    summary="Add an annotation",
    status_code=201,
    responses=refuses(400, 404, 413, 422, 503),
)
async def add_annotation(
    image_id: ImageId, body: NewAnnotationBody, studio: StudioDep, heavy: HeavyDep
) -> AnnotationInfo:
    """Store an object: with the mask given, or with the one that a decoder proposes for a prompt."""
    new = await heavy(new_annotation, studio, image_id, body)
    return annotation_info(await heavy(studio.annotations.add, new))


@router.get(
    "/annotations/{annotation_id}",
    operation_id="getAnnotation",
    summary="Look an annotation up",
    responses=refuses(404, 422),
)
async def get_annotation(
    annotation_id: AnnotationId, query: Annotated[MaskQuery, Query()], studio: StudioDep, heavy: HeavyDep
) -> AnnotationInfo:
    """One object, rejected ones too."""
    return await heavy(_one, studio, annotation_id, query)


def _one(studio: Studio, annotation_id: int, query: MaskQuery) -> AnnotationInfo:
    found = studio.annotations.get(annotation_id)
    return annotation_info(found, query.mask_format, tolerance=query.tolerance)


@router.patch(
    "/annotations/{annotation_id}",
    operation_id="changeAnnotation",
    summary="Change, accept or reject an annotation",
    responses=refuses(400, 404, 409, 413, 422),
)
async def change_annotation(
    annotation_id: AnnotationId, body: AnnotationPatch, studio: StudioDep, heavy: HeavyDep
) -> AnnotationInfo:
    """Change what is given, if the annotation still is as you saw it.

    Otherwise nothing is changed, and the failure's `current` is the annotation as it now is.
    """
    return annotation_info(await heavy(_change, studio, annotation_id, body))


def _change(studio: Studio, annotation_id: int, body: AnnotationPatch) -> Annotation:
    if body.model_fields_set == {"revision"}:
        raise InvalidInput("there is nothing to change: give a category, status, mask or rank")
    rle = None
    if body.mask is not None:
        image = studio.images.get(studio.annotations.get(annotation_id).image_id)
        rle = from_wire(body.mask, size=image.size)
    return studio.annotations.update(
        annotation_id,
        revision=body.revision,
        rle=rle,
        category=body.category,
        status=None if body.status is None else AnnotationStatus(body.status),
        rank=body.rank,
    )


@router.delete(
    "/annotations/{annotation_id}",
    operation_id="deleteAnnotation",
    summary="Delete an annotation",
    responses=refuses(404, 409, 422),
)
def delete_annotation(
    annotation_id: AnnotationId, query: Annotated[RevisionQuery, Query()], studio: StudioDep
) -> AnnotationInfo:
    """Take an object out of the dataset: it becomes `rejected`, and can be restored."""
    return annotation_info(studio.annotations.delete(annotation_id, revision=query.revision))


@router.post(
    "/annotations/{annotation_id}/restore",
    operation_id="restoreAnnotation",
    summary="Restore a deleted annotation",
    responses=refuses(404, 409, 422),
)
def restore_annotation(
    annotation_id: AnnotationId, query: Annotated[RevisionQuery, Query()], studio: StudioDep
) -> AnnotationInfo:
    """Bring a deleted object back, accepted."""
    known = studio.annotations.get(annotation_id)
    restored = studio.annotations.update(
        known.id, revision=query.revision or known.revision, status=AnnotationStatus.ACCEPTED
    )
    return annotation_info(restored)


@router.get("/categories", operation_id="listCategories", summary="List the categories", responses=refuses())
def list_categories(studio: StudioDep) -> CategoryList:
    """Every category, in the order they were first used."""
    counted = studio.annotations.counts_by_category()
    return CategoryList(
        items=[
            CategoryInfo(id=one.id, name=one.name, color=one.color, accepted=count) for one, count in counted
        ]
    )
