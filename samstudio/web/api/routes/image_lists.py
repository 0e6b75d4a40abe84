"""Finding images, changing one or many, tags, and the trash."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from samstudio.project import Project
from samstudio.services.image_queries import ImageQuery
from samstudio.web.api.dependencies import HeavyDep, ProjectDep
from samstudio.web.api.models.base import LARGEST_ID, ImageId
from samstudio.web.api.models.image_lists import (
    BulkBody,
    BulkInfo,
    BulkList,
    ImageFilter,
    ImageListQuery,
    ImageMarks,
    ListedImageInfo,
    ListedPageInfo,
    MovedImages,
    NeighboursInfo,
    TagInfo,
    TagList,
    TrashBody,
)
from samstudio.web.api.openapi import problem_responses

router = APIRouter()
BulkId = Annotated[int, Path(ge=1, le=LARGEST_ID, examples=[1])]


@router.get(
    "/find/images",
    tags=["images"],
    operation_id="findImages",
    summary="Find images",
    responses=problem_responses(422),
)
def find_images(query: Annotated[ImageListQuery, Query()], project: ProjectDep) -> ListedPageInfo:
    """List images by what they and their objects are, in any of ten orders, page by page.

    Go on with `after` of the reply, or back with `before`. A place stays good whatever comes or goes.
    """
    asked: Any = query
    wanted = asked.query()
    page = project.image_queries.page(wanted, after=asked.after, before=asked.before, limit=asked.limit)
    return ListedPageInfo(
        items=[ListedImageInfo.model_validate(one) for one in page.items],
        before=page.before,
        after=page.after,
        total=project.image_queries.count(wanted, most=asked.most),
    )


@router.get(
    "/images/{image_id}/neighbours",
    tags=["images"],
    operation_id="getNeighbours",
    summary="Find the images before and after one",
    responses=problem_responses(404, 422),
)
def get_neighbours(
    image_id: ImageId,
    query: Annotated[ImageFilter, Query()],
    project: ProjectDep,
) -> NeighboursInfo:
    """Find the images before and after one in a query's order, also where the query does not find itself."""
    asked: Any = query
    return NeighboursInfo.model_validate(project.image_queries.neighbours(asked.query(), image_id))


@router.patch(
    "/images/{image_id}/marks",
    tags=["images"],
    operation_id="markImage",
    summary="Set an image's state, note, flag, group, split and tags",
    responses=problem_responses(400, 404, 409, 413, 422),
)
async def mark_image(
    image_id: ImageId, body: ImageMarks, project: ProjectDep, heavy: HeavyDep
) -> ListedImageInfo:
    """Say where an image stands, and what else is to be known about it: all of it, or nothing.

    With `seen`, what somebody else changed meanwhile is not written over: the answer is 409.
    """
    return await heavy(_marked, project, image_id, body)


def _marked(project: Project, image_id: str, body: ImageMarks) -> ListedImageInfo:
    project.image_marks.change(image_id, body.actions(), seen=body.seen_values())
    return ListedImageInfo.model_validate(project.image_queries.get(image_id))


@router.post(
    "/bulk",
    tags=["images"],
    operation_id="changeImages",
    summary="Change many images",
    status_code=202,
    responses=problem_responses(400, 413, 422),
)
async def change_images(body: BulkBody, project: ProjectDep, heavy: HeavyDep) -> BulkInfo:
    """Begin an action on many images; look at it until it has ended. The last 20 can be undone."""
    query = None if body.query is None else ImageQuery.from_params(body.query)

    def begin() -> BulkInfo:
        run = project.bulk.start(
            body.action, body.value, image_ids=body.images, query=query, without=body.without
        )
        return BulkInfo.model_validate(run)

    return await heavy(begin)


@router.get(
    "/bulk",
    tags=["images"],
    operation_id="listBulks",
    summary="List the changes of many images",
    responses=problem_responses(),
)
def list_bulks(project: ProjectDep) -> BulkList:
    """List the last changes of many images since the app was started, the newest first."""
    return BulkList(items=[BulkInfo.model_validate(one) for one in project.bulk.runs()])


@router.get(
    "/bulk/{bulk_id}",
    tags=["images"],
    operation_id="getBulk",
    summary="Look at a change of many images",
    responses=problem_responses(404, 422),
)
def get_bulk(bulk_id: BulkId, project: ProjectDep) -> BulkInfo:
    """Say how far it is, and how it ended."""
    return BulkInfo.model_validate(project.bulk.get(bulk_id))


@router.post(
    "/bulk/{bulk_id}/cancel",
    tags=["images"],
    operation_id="cancelBulk",
    summary="Stop a change of many images",
    responses=problem_responses(404, 422),
)
def cancel_bulk(bulk_id: BulkId, project: ProjectDep) -> BulkInfo:
    """Stop it after the images that it is at; what is done stays done, and can be undone."""
    return BulkInfo.model_validate(project.bulk.cancel(bulk_id))


@router.post(
    "/bulk/{bulk_id}/undo",
    tags=["images"],
    operation_id="undoBulk",
    summary="Undo a change of many images",
    responses=problem_responses(404, 409, 422),
)
async def undo_bulk(bulk_id: BulkId, project: ProjectDep, heavy: HeavyDep) -> BulkInfo:
    """Take it back where nobody has changed anything since."""
    return BulkInfo.model_validate(await heavy(project.bulk.undo, bulk_id))


@router.get(
    "/tags", tags=["images"], operation_id="listTags", summary="List the tags", responses=problem_responses()
)
def list_tags(project: ProjectDep) -> TagList:
    """List all tags, with how many images have each."""
    tags = project.image_queries.tags()
    return TagList(items=[TagInfo(name=name, images=count) for name, count in tags])


@router.post(
    "/trash/restore",
    tags=["images"],
    operation_id="restoreImages",
    summary="Take images out of the trash",
    responses=problem_responses(400, 413, 422),
)
async def restore_images(body: TrashBody, project: ProjectDep, heavy: HeavyDep) -> MovedImages:
    """Take images out of the trash, with their annotations as they were."""
    ids = project.trash.ids() if body.images is None else body.images
    return MovedImages(images=len(await heavy(project.trash.restore, ids)))


@router.post(
    "/trash/empty",
    tags=["images"],
    operation_id="emptyTrash",
    summary="Delete images in the trash for good",
    responses=problem_responses(400, 413, 422),
)
async def empty_trash(body: TrashBody, project: ProjectDep, heavy: HeavyDep) -> MovedImages:
    """Delete images that are in the trash for good, with their annotations and files."""
    return MovedImages(images=await heavy(project.trash.remove, body.images))
