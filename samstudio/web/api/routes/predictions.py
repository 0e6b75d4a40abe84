"""Predictions: masks for boxes and points, on a stored image or an uploaded one."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Response, UploadFile
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from samstudio.project import Project
from samstudio.services.images.decoding import decode_image
from samstudio.web.api.dependencies import HeavyDep, ProjectDep
from samstudio.web.api.limits import MAX_JSON
from samstudio.web.api.models.base import ImageId
from samstudio.web.api.models.predictions import PredictBody, PredictReply
from samstudio.web.api.openapi import ANSWERED_BY, VERSION_HEADER, problem_responses
from samstudio.web.api.prediction_replies import answer
from samstudio.web.api.uploads import FORM

router = APIRouter(tags=["predictions"])

ANSWER: dict[int | str, dict[str, Any]] = {200: {"description": "The masks.", "headers": ANSWERED_BY}}
EXAMPLE = '{"prompts": [{"box": [20, 30, 180, 160]}]}'


@router.post(
    "/images/{image_id}/predict",
    operation_id="predict",
    summary="Ask for masks on a stored image",
    responses={**ANSWER, **problem_responses(400, 404, 413, 422, 503)},
)
async def predict(
    image_id: ImageId, body: PredictBody, response: Response, project: ProjectDep, heavy: HeavyDep
) -> PredictReply:
    """Answer boxes, points and earlier masks. The first request on an image also encodes it."""
    return _signed(response, await heavy(_stored, project, image_id, body))


@router.post(
    "/predict",
    operation_id="predictUpload",
    summary="Ask for masks on an image of your own",
    responses={**ANSWER, **problem_responses(400, 404, 413, 422, 503)},
    form_limits={"max_part_size": MAX_JSON},
    openapi_extra=FORM,
)
async def predict_upload(
    file: Annotated[UploadFile, File(description="The image; it is not stored.")],
    prompts: Annotated[
        str,
        Form(
            description="JSON, as the body of `predict` on a stored image.",
            examples=[EXAMPLE],
            json_schema_extra={"contentMediaType": "application/json"},
        ),
    ],
    response: Response,
    project: ProjectDep,
    heavy: HeavyDep,
) -> PredictReply:
    """Answer as `predict` does, on a picture that is sent along; only its embedding is kept."""
    body = _parsed(prompts)
    data, name = await file.read(), file.filename or "image"
    return _signed(response, await heavy(_uploaded, project, data, name, body))


def _stored(project: Project, image_id: str, body: PredictBody) -> PredictReply:
    size, several = project.images.get(image_id).size, body.multimask_output
    ask = partial(project.predictions.predict_many, image_id, multimask_output=several)
    return answer(body, lambda prompts, version: ask(prompts, version=version), size=size)


def _uploaded(project: Project, data: bytes, name: str, body: PredictBody) -> PredictReply:
    pixels = decode_image(data, filename=name, max_pixels=project.max_pixels).pixels
    ask = partial(project.predictions.predict_pixels, pixels, multimask_output=body.multimask_output)
    size = (pixels.shape[0], pixels.shape[1])
    return answer(body, lambda prompts, version: ask(prompts, version=version), size=size)


def _signed(response: Response, reply: PredictReply) -> PredictReply:
    response.headers[VERSION_HEADER] = str(reply.version)
    return reply


def _parsed(text: str) -> PredictBody:
    try:
        return PredictBody.model_validate_json(text)
    except ValidationError as error:
        found = [{**one, "loc": ("body", "prompts", *one["loc"])} for one in error.errors()]
        raise RequestValidationError(found) from error
