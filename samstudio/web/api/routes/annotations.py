"""Annotations: listed, added, changed, deleted and brought back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from samstudio.domain import Annotation, AnnotationStatus, InvalidInput
from samstudio.project import Project
from samstudio.web.api.annotation_replies import annotation_info
from samstudio.web.api.dependencies import HeavyDep, ProjectDep
from samstudio.web.api.mask_formats import from_wire
from samstudio.web.api.models.annotations import (
    AnnotationHistory,
    AnnotationInfo,
    AnnotationPage,
    AnnotationPatch,
    AnnotationQuery,
    HistoryEntryInfo,
    MaskQuery,
    NewAnnotationBody,
    RevisionQuery,
)
from samstudio.web.api.models.base import AnnotationId, ImageId
from samstudio.web.api.new_annotations import new_annotation
from samstudio.web.api.openapi import problem_responses

router = APIRouter(tags=["annotations"])


@router.get(
    "/images/{image_id}/annotations",
    operation_id="listAnnotations",
    summary="List an image's annotations",
    responses=problem_responses(404, 422),
)
async def list_annotations(
    image_id: ImageId, query: Annotated[AnnotationQuery, Query()], project: ProjectDep, heavy: HeavyDep
) -> AnnotationPage:
    """List an image's objects, the lowest first, the topmost last."""
    return await heavy(_page, project, image_id, query)


def _page(project: Project, image_id: str, query: AnnotationQuery) -> AnnotationPage:
    image = project.images.get(image_id)
    wanted = list(AnnotationStatus) if query.status is None else [AnnotationStatus(query.status)]
    counts = [project.annotations.counts_by_image([image.id], status=one)[image.id] for one in wanted]
    found = project.annotations.list(
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
    responses=problem_responses(400, 404, 413, 422, 503),
)
async def add_annotation(
    image_id: ImageId, body: NewAnnotationBody, project: ProjectDep, heavy: HeavyDep
) -> AnnotationInfo:
    """Store an object: with the mask given, or with the one that a decoder proposes for a prompt."""
    new = await heavy(new_annotation, project, image_id, body)
    return annotation_info(await heavy(project.annotations.add, new))


@router.get(
    "/annotations/{annotation_id}",
    operation_id="getAnnotation",
    summary="Get an annotation",
    responses=problem_responses(404, 422),
)
async def get_annotation(
    annotation_id: AnnotationId, query: Annotated[MaskQuery, Query()], project: ProjectDep, heavy: HeavyDep
) -> AnnotationInfo:
    """Get one object; rejected ones too."""
    return await heavy(_one, project, annotation_id, query)


def _one(project: Project, annotation_id: int, query: MaskQuery) -> AnnotationInfo:
    found = project.annotations.get(annotation_id)
    return annotation_info(found, query.mask_format, tolerance=query.tolerance)


@router.get(
    "/annotations/{annotation_id}/history",
    operation_id="getAnnotationHistory",
    summary="Get an annotation's history",
    responses=problem_responses(404, 422),
)
def annotation_history(annotation_id: AnnotationId, project: ProjectDep) -> AnnotationHistory:
    """List what was done to an object, by whom and when: how it came, and the last 19 changes."""
    return AnnotationHistory(
        items=[HistoryEntryInfo.model_validate(one) for one in project.annotations.history(annotation_id)]
    )


@router.patch(
    "/annotations/{annotation_id}",
    operation_id="changeAnnotation",
    summary="Change, accept or reject an annotation",
    responses=problem_responses(400, 404, 409, 413, 422),
)
async def change_annotation(
    annotation_id: AnnotationId, body: AnnotationPatch, project: ProjectDep, heavy: HeavyDep
) -> AnnotationInfo:
    """Change what is given, if the annotation still is as you saw it.

    Otherwise nothing is changed, and the failure's `current` is the annotation as it now is.
    """
    return annotation_info(await heavy(_change, project, annotation_id, body))


def _change(project: Project, annotation_id: int, body: AnnotationPatch) -> Annotation:
    if body.model_fields_set == {"revision"}:
        raise InvalidInput("there is nothing to change: give a category, status, mask, rank, note or flag")
    rle = None
    if body.mask is not None:
        image = project.images.get(project.annotations.get(annotation_id).image_id)
        rle = from_wire(body.mask, size=image.size)
    return project.annotations.update(
        annotation_id,
        revision=body.revision,
        rle=rle,
        category=body.category,
        status=None if body.status is None else AnnotationStatus(body.status),
        rank=body.rank,
        note=body.note,
        flagged=body.flagged,
    )


@router.delete(
    "/annotations/{annotation_id}",
    operation_id="deleteAnnotation",
    summary="Delete an annotation",
    responses=problem_responses(404, 409, 422),
)
def delete_annotation(
    annotation_id: AnnotationId, query: Annotated[RevisionQuery, Query()], project: ProjectDep
) -> AnnotationInfo:
    """Take an object out of the dataset: it becomes `rejected`, and can be restored."""
    return annotation_info(project.annotations.delete(annotation_id, revision=query.revision))


@router.post(
    "/annotations/{annotation_id}/restore",
    operation_id="restoreAnnotation",
    summary="Restore a deleted annotation",
    responses=problem_responses(404, 409, 422),
)
def restore_annotation(
    annotation_id: AnnotationId, query: Annotated[RevisionQuery, Query()], project: ProjectDep
) -> AnnotationInfo:
    """Bring a deleted object back, accepted."""
    known = project.annotations.get(annotation_id)
    restored = project.annotations.update(
        known.id, revision=query.revision or known.revision, status=AnnotationStatus.ACCEPTED
    )
    return annotation_info(restored)
