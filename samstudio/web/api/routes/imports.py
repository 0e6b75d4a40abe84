"""Imports: files collected one by one, a plan of what would come in, and its application."""

from __future__ import annotations

from typing import Annotated, Any

from anyio import open_file
from fastapi import APIRouter, Depends, Request, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse

from samstudio.domain import AnnotationStatus, InvalidInput
from samstudio.services.dataset_io.staging import Asked, Session, State
from samstudio.services.images import ReadOptions
from samstudio.web.api.dependencies import HeavyDep, ProjectDep
from samstudio.web.api.limits import media_type
from samstudio.web.api.models.imports import (
    READING,
    DoubtIndex,
    FilePath,
    ImportId,
    ImportInfo,
    ImportList,
    PlanBody,
    StagedFileInfo,
    StagedFileList,
)
from samstudio.web.api.openapi import file_reply, problem_responses
from samstudio.web.api.uploads import FILE_BODY, OCTETS

router = APIRouter(prefix="/imports", tags=["imports"])

PLANNED: dict[int | str, dict[str, Any]] = {
    200: {"model": ImportInfo, "description": "The plan is there, or `problem` says why there is none."},
    202: {"description": "It is being made."},
}

PATIENCE = 10.0
"""Seconds that a request for a plan waits for it; a longer one is fetched when it is there."""


def _get_or_raise(import_id: ImportId, project: ProjectDep) -> Session:
    return project.imports.get(import_id)


FoundImport = Annotated[Session, Depends(_get_or_raise)]


@router.post(
    "",
    operation_id="startImport",
    summary="Start an import",
    status_code=201,
    responses=problem_responses(503),
)
def start_import(response: Response, project: ProjectDep) -> ImportInfo:
    """Make a place for the files of an import; it is removed a day after it was last used."""
    session = project.imports.create()
    response.headers["Location"] = f"/api/v1/imports/{session.id}"
    return ImportInfo.model_validate(session)


@router.get("", operation_id="listImports", summary="List the imports", responses=problem_responses())
def list_imports(project: ProjectDep) -> ImportList:
    """List the imports of the last day, the one that was changed last first."""
    return ImportList(items=[ImportInfo.model_validate(one) for one in project.imports.list()])


@router.get(
    "/{import_id}", operation_id="getImport", summary="Get an import", responses=problem_responses(404, 422)
)
def get_import(session: FoundImport) -> ImportInfo:
    """Say how far an import is: its plan, its progress, its report."""
    return ImportInfo.model_validate(session)


@router.delete(
    "/{import_id}",
    operation_id="deleteImport",
    summary="Delete an import",
    status_code=204,
    responses=problem_responses(404, 422),
)
async def delete_import(session: FoundImport, project: ProjectDep, heavy: HeavyDep) -> None:
    """Stop an import and remove its files; what it brought into the dataset stays."""
    await heavy(project.imports.delete, session.id)


@router.get(
    "/{import_id}/files",
    operation_id="listImportFiles",
    summary="List an import's files",
    responses=problem_responses(404, 422),
)
def list_files(session: FoundImport, project: ProjectDep) -> StagedFileList:
    """List the files that have arrived whole, with their sizes: what need not be sent again."""
    found = project.imports.files(session.id)
    return StagedFileList(items=[StagedFileInfo.model_validate(one) for one in found])


@router.put(
    "/{import_id}/files/{path:path}",
    operation_id="putImportFile",
    summary="Send a file of an import",
    responses=problem_responses(400, 404, 409, 413, 415, 422, 503),
    openapi_extra=FILE_BODY,
)
async def put_file(
    path: FilePath, request: Request, session: FoundImport, project: ProjectDep
) -> StagedFileInfo:
    """Store a file under its relative path, whole or not at all; sent again, it replaces itself.

    An archive (zip, tar) is unpacked when the plan is made.
    """
    kind = media_type(request.headers)
    if kind != OCTETS:  # no form of another site can send it
        raise HTTPException(415, f"A body of type {kind or 'nothing'} cannot be read: send {OCTETS}.")
    declared = request.headers.get("content-length", "")
    size = int(declared) if declared.isdecimal() else None
    with project.imports.receiving(session.id, path, size=size) as target:
        arrived = 0
        async with await open_file(target, "wb") as file:
            try:
                async for chunk in request.stream():
                    arrived += await file.write(chunk)
            except ClientDisconnect:
                raise InvalidInput(f"{path} did not arrive whole: the connection was closed") from None
    return StagedFileInfo(path=path, size=arrived)


@router.delete(
    "/{import_id}/files/{path:path}",
    operation_id="removeImportFile",
    summary="Remove a file of an import",
    status_code=204,
    responses=problem_responses(404, 409, 422),
)
def remove_file(path: FilePath, session: FoundImport, project: ProjectDep) -> None:
    """Take a file out of an import; nothing happens where it is not there."""
    project.imports.remove_file(session.id, path)


@router.post(
    "/{import_id}/plan",
    operation_id="planImport",
    summary="Plan an import",
    status_code=202,
    responses=PLANNED | problem_responses(400, 404, 409, 413, 422),
)
async def plan_import(
    response: Response,
    session: FoundImport,
    project: ProjectDep,
    heavy: HeavyDep,
    body: PlanBody | None = None,
) -> ImportInfo:
    """Look through the files and say what applying would do; nothing comes in yet.

    Where that takes longer than a few seconds, the answer is 202: the plan is in `getImport` once its
    `state` is no longer `planning`.
    """
    asked = body or PlanBody()
    choice = Asked(
        format=asked.format,
        category=asked.category,
        status=AnnotationStatus(asked.status),
        doubtful=asked.doubtful,
        options=asked.model_dump(include=READING, exclude_none=True),
    )
    ReadOptions.parsed(asked.channels, asked.contrast)
    project.imports.plan(session.id, choice)
    planned = await heavy(project.imports.wait, session.id, PATIENCE)
    response.status_code = 202 if planned.state is State.PLANNING else 200
    return ImportInfo.model_validate(planned)


@router.post(
    "/{import_id}/apply",
    operation_id="applyImport",
    summary="Apply an import",
    status_code=202,
    responses=problem_responses(404, 409, 422),
)
def apply_import(session: FoundImport, project: ProjectDep) -> ImportInfo:
    """Bring in what was planned, in the background; applied again, nothing comes in twice."""
    return ImportInfo.model_validate(project.imports.apply(session.id))


@router.post(
    "/{import_id}/cancel",
    operation_id="cancelImport",
    summary="Cancel an import",
    status_code=202,
    responses=problem_responses(404, 422),
)
def cancel_import(session: FoundImport, project: ProjectDep) -> ImportInfo:
    """Stop planning or applying after the present image; what came in stays, and is in the report."""
    return ImportInfo.model_validate(project.imports.cancel(session.id))


@router.get(
    "/{import_id}/doubts/{index}",
    operation_id="getDoubt",
    summary="See something doubtful",
    response_class=Response,
    responses={
        200: file_reply("The image, small, with the outline of what is doubtful.", "image/jpeg"),
        **problem_responses(404, 422),
    },
)
def get_doubt(index: DoubtIndex, session: FoundImport, project: ProjectDep) -> Response:
    """Fetch a picture of one of the plan's `doubts`, by its place among them."""
    return FileResponse(project.imports.picture(session.id, index), media_type="image/jpeg")
