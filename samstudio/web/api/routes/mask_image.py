"""The endpoint of the tutorial that this project started from: an image with its mask drawn on it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from starlette.responses import Response

from samstudio.domain import Box
from samstudio.project import Project
from samstudio.prompts import box_from_text, make_prompt
from samstudio.services.images.decoding import decode_image
from samstudio.web.api.dependencies import HeavyDep, ProjectDep
from samstudio.web.api.drawing import drawn_png
from samstudio.web.api.models.dataset import Greeting
from samstudio.web.api.openapi import ANSWERED_BY, VERSION_HEADER, file_reply, problem_responses
from samstudio.web.api.uploads import FORM

router = APIRouter(tags=["predictions"])


@router.get("/api", operation_id="greet", summary="Greet", tags=["server"], responses=problem_responses())
@router.get("/mask", operation_id="greetMask", summary="Greet", responses=problem_responses())
def greeting() -> Greeting:
    """Say hello, and where to go on."""
    return Greeting(
        message="Welcome to SAM Studio. POST an image to /mask/image, or read /api/docs for all there is.",
        docs="/api/docs",
        openapi="/api/openapi.json",
    )


@router.post(
    "/mask/image",
    operation_id="drawMask",
    summary="Draw an image's mask on it",
    response_class=Response,
    responses={
        200: file_reply("The image with its mask drawn on it.", "image/png", headers=ANSWERED_BY),
        **problem_responses(400, 413, 422, 503),
    },
    openapi_extra=FORM,
)
async def draw_mask(
    file: Annotated[UploadFile, File(description="The image; it is not stored.")],
    project: ProjectDep,
    heavy: HeavyDep,
    box: Annotated[
        str | None,
        Form(
            description="x0,y0,x1,y1 in pixels; without it, the whole frame.",
            examples=["20,30,180,160"],
        ),
    ] = None,
) -> Response:
    """Draw the live decoder's mask for a box, or for the whole frame, over the picture."""
    data, name = await file.read(), file.filename or "image"
    return await heavy(_drawn, project, data, name, box)


def _drawn(project: Project, data: bytes, name: str, box: str | None) -> Response:
    pixels = decode_image(data, filename=name, max_pixels=project.max_pixels).pixels
    height, width = pixels.shape[:2]
    asked = make_prompt(box=(0, 0, width, height) if box is None else box_from_text(box))
    (found,) = project.predictions.predict_pixels(pixels, [asked])
    png = drawn_png(pixels, found.masks[0], box=None if box is None else _sorted(asked.box))
    return Response(png, media_type="image/png", headers={VERSION_HEADER: str(found.version)})


def _sorted(box: Box | None) -> Box | None:
    if box is None:
        return None
    x0, y0, x1, y1 = box
    return (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
