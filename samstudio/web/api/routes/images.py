"""Images: added, listed, served, deleted."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from starlette.responses import FileResponse

from samstudio.domain import InvalidInput
from samstudio.services.images import ImageService, ReadOptions
from samstudio.web.api.dependencies import EncodingQueueDep, HeavyDep, ProjectDep
from samstudio.web.api.models.base import ImageId
from samstudio.web.api.models.images import (
    AddedImage,
    DeleteImageQuery,
    ImageInfo,
    ImagePage,
    ImageQuery,
    NewImageQuery,
)
from samstudio.web.api.models.pixel_sizes import PixelSizeBody
from samstudio.web.api.openapi import file_reply, problem_responses
from samstudio.web.api.uploads import REQUEST_BODY, Upload, uploaded_image

router = APIRouter(prefix="/images", tags=["images"])

CREATED: dict[int | str, dict[str, Any]] = {
    200: {"model": AddedImage, "description": "These pixels were here already, perhaps under another name."},
    201: {"description": "Stored."},
}


async def _upload(request: Request, query: Annotated[NewImageQuery, Query()], project: ProjectDep) -> Upload:
    return await uploaded_image(request, filename=query.filename, upload_mb=project.settings.max_upload_mb)


@router.post(
    "",
    operation_id="addImage",
    summary="Add an image",
    status_code=201,
    responses=CREATED | problem_responses(400, 413, 415, 422),
    openapi_extra=REQUEST_BODY,
)
async def add_image(
    upload: Annotated[Upload, Depends(_upload)],
    query: Annotated[NewImageQuery, Query()],
    response: Response,
    project: ProjectDep,
    encoding_queue: EncodingQueueDep,
    heavy: HeavyDep,
) -> AddedImage:
    """Store an image; the same pixels under another name are the same image.

    Of a file with several pages (a TIFF stack, an animation, a volume) the first is stored, unless
    `page` or `all_pages` says otherwise. It is encoded in the background, so that its first prompt is
    answered at once.
    """
    reply, ids = await heavy(_stored, project.images, upload, query)
    encoding_queue.add(ids)
    response.status_code = 201 if reply.created else 200
    response.headers["Location"] = f"/api/v1/images/{reply.image.id}"
    return reply


def _stored(images: ImageService, upload: Upload, query: NewImageQuery) -> tuple[AddedImage, list[str]]:
    """Store what was asked for; return the reply, and the ids of the images."""
    options = ReadOptions.parsed(query.channels, query.contrast)
    if not query.all_pages:
        one = images.add(
            upload.data, filename=upload.filename, group=query.group, page=query.page, options=options
        )
        return AddedImage.model_validate(one), [one.image.id]
    added, refused = images.add_all(upload.data, filename=upload.filename, group=query.group, options=options)
    if not added:
        raise InvalidInput(refused[0].why)
    first, *others = added
    notes = list(dict.fromkeys(note for each in added for note in each.notes))
    reply = AddedImage(
        image=ImageInfo.model_validate(first.image),
        created=any(each.created for each in added),
        pages=first.pages,
        notes=notes,
        others=[ImageInfo.model_validate(each.image) for each in others],
        refused=[f"{each.name}: {each.why}" for each in refused],
    )
    return reply, [each.image.id for each in added]


@router.get("", operation_id="listImages", summary="List the images", responses=problem_responses(422))
def list_images(query: Annotated[ImageQuery, Query()], project: ProjectDep) -> ImagePage:
    """List images in the order they were added, or the other way round."""
    items = project.images.list(query.offset, query.limit, newest_first=query.order == "newest")
    return ImagePage(
        items=[ImageInfo.model_validate(image) for image in items],
        total=project.images.count(),
        offset=query.offset,
        limit=query.limit,
    )


@router.get(
    "/{image_id}", operation_id="getImage", summary="Get an image", responses=problem_responses(404, 422)
)
def get_image(image_id: ImageId, project: ProjectDep) -> ImageInfo:
    """Get an image's name, size and format."""
    return ImageInfo.model_validate(project.images.get(image_id))


@router.get(
    "/{image_id}/pixels",
    operation_id="getPixels",
    summary="Fetch an image's pixels",
    response_class=Response,
    responses={
        200: file_reply("A file with exactly the stored pixels.", "image/png", "image/jpeg", "image/webp"),
        304: {"description": "You have it already."},
        **problem_responses(404, 422, 503),
    },
)
def get_pixels(
    image_id: ImageId,
    project: ProjectDep,
    if_none_match: Annotated[str | None, Header(description="The `ETag` of a copy you have.")] = None,
) -> Response:
    """Fetch a file that shows exactly the pixels that are worked on; it never changes."""
    headers = {"ETag": f'"{image_id}"', "Cache-Control": "private, max-age=31536000, immutable"}
    path = project.images.path(image_id)
    if headers["ETag"] in (if_none_match or ""):
        return Response(status_code=304, headers=headers)
    return FileResponse(path, headers={**headers, "X-Content-Type-Options": "nosniff"})


@router.patch(
    "/{image_id}",
    operation_id="changeImage",
    summary="Set an image's pixel size",
    responses=problem_responses(400, 404, 413, 422),
)
def change_image(image_id: ImageId, body: PixelSizeBody, project: ProjectDep) -> ImageInfo:
    """Set how large its pixels are; null goes back to what its file says."""
    project.images.pixel_sizes.set_of([image_id], body.size())
    return ImageInfo.model_validate(project.images.get(image_id))


@router.delete(
    "/{image_id}",
    operation_id="deleteImage",
    summary="Delete an image",
    status_code=204,
    responses=problem_responses(404, 409, 422),
)
def delete_image(image_id: ImageId, query: Annotated[DeleteImageQuery, Query()], project: ProjectDep) -> None:
    """Move an image into the trash, or delete it for good; annotations only where they are to go with it."""
    if query.for_good:
        project.images.delete(image_id, with_annotations=query.with_annotations)
    else:
        project.images.check_deletable(image_id, with_annotations=query.with_annotations)
        project.trash.discard([image_id])
