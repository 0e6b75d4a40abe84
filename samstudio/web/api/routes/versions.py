"""Decoder versions: listed, made live, downloaded, imported, blended with stock, deleted."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import FileResponse, Response

from samstudio.domain import DecoderVersion, LiveVersion
from samstudio.project import Project
from samstudio.web.api.dependencies import HeavyDep, ProjectDep
from samstudio.web.api.models.base import VersionName, VersionNumber, version_number
from samstudio.web.api.models.versions import (
    BlendBody,
    FileQuery,
    LiveInfo,
    NewVersionQuery,
    ReasonBody,
    VersionInfo,
    VersionList,
    WatchInfo,
)
from samstudio.web.api.openapi import ANSWERED_BY, VERSION_HEADER, file_reply, problem_responses
from samstudio.web.api.temporary_folder import PREFIX, temporary_folder
from samstudio.web.api.uploads import FILE_BODY, OCTETS, save_decoder_file

router = APIRouter(prefix="/versions", tags=["versions"])

CREATED: dict[int | str, dict[str, Any]] = {201: {"description": "Stored as the next version; not live."}}


def _info(version: DecoderVersion, live: int) -> VersionInfo:
    return VersionInfo(
        number=version.number,
        model=version.model,
        live=version.number == live,
        promoted=version.promoted,
        parent=version.parent,
        job_id=version.job_id,
        reason=version.reason,
        created_at=version.created_at,
        sha256=version.sha256,
        dataset_digest=version.dataset_digest,
        scores=version.scores,
        code=version.scores.code,
        params=version.scores.params,
    )


def _moved(live: LiveVersion) -> LiveInfo:
    return LiveInfo(number=live.number, moved_at=live.moved_at)


@router.get("", operation_id="listVersions", summary="List the versions", responses=problem_responses())
def list_versions(project: ProjectDep) -> VersionList:
    """List this model's decoders, newest first; 0 is stock."""
    live = project.versions.live().number
    return VersionList(live=live, items=[_info(one, live) for one in project.versions.list()])


@router.post(
    "",
    operation_id="importVersion",
    summary="Import a decoder file",
    status_code=201,
    responses=CREATED | problem_responses(400, 413, 415, 422, 503),
    openapi_extra=FILE_BODY,
)
async def import_version(
    request: Request,
    query: Annotated[NewVersionQuery, Query()],
    response: Response,
    project: ProjectDep,
    heavy: HeavyDep,
) -> VersionInfo:
    """Store the mask decoder in a file as the next version; it is not made live."""
    with TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as folder:
        path = await save_decoder_file(request, Path(folder), filename=query.filename)
        made = await heavy(project.transfer.import_version, path, reason=query.reason)
    return await heavy(_created, made, response, project)


def _created(made: DecoderVersion, response: Response, project: Project) -> VersionInfo:
    response.headers["Location"] = f"/api/v1/versions/{made.number}"
    return _info(made, project.versions.live().number)


@router.get(
    "/{version}",
    operation_id="getVersion",
    summary="Get a version",
    responses=problem_responses(404, 422),
)
def get_version(version: VersionName, project: ProjectDep) -> VersionInfo:
    """Get one decoder, with what the gate measured."""
    live = project.versions.live().number
    number = version_number(version)
    return _info(project.versions.get(live if number is None else number), live)


@router.get(
    "/live/watch",
    operation_id="getWatch",
    summary="See how the live version does on new objects",
    responses=problem_responses(),
)
def get_watch(project: ProjectDep) -> WatchInfo:
    """Get what is known of the live version on objects that are new to it."""
    return WatchInfo.model_validate(project.watch.state())


@router.post(
    "/{version}/promote",
    operation_id="promoteVersion",
    summary="Make a version live",
    responses=problem_responses(400, 404, 409, 413, 422, 503),
)
def promote_version(version: VersionNumber, project: ProjectDep, body: ReasonBody | None = None) -> LiveInfo:
    """Serve this version from the next request on; 0 is stock."""
    reason = body.reason if body else ""
    return _moved(project.versions.promote(version, reason=reason or "promoted by hand"))


@router.post(
    "/live/rollback",
    operation_id="rollback",
    summary="Go back to the version before",
    responses=problem_responses(400, 409, 413, 422),
)
def rollback(project: ProjectDep, body: ReasonBody | None = None) -> LiveInfo:
    """Make the version live that was live before; again and again, back to stock."""
    return _moved(project.versions.rollback(body.reason if body else ""))


@router.post(
    "/{version}/blend",
    operation_id="blendVersion",
    summary="Blend a version with stock",
    status_code=201,
    responses=CREATED | problem_responses(400, 404, 409, 413, 422, 503),
)
async def blend_version(
    version: VersionNumber, body: BlendBody, response: Response, project: ProjectDep, heavy: HeavyDep
) -> VersionInfo:
    """Store a version at a strength between stock (0) and itself (1) as the next version, not live."""
    made = await heavy(project.comparison.keep, version, body.strength)
    return await heavy(_created, made, response, project)


@router.delete(
    "/{version}",
    operation_id="deleteVersion",
    summary="Delete a version",
    status_code=204,
    responses=problem_responses(404, 409, 422),
)
def delete_version(version: VersionNumber, project: ProjectDep) -> None:
    """Delete a version's file for good; never the live one or stock. Its number is not given again."""
    project.versions.delete(version)


@router.get(
    "/{version}/file",
    operation_id="downloadVersion",
    summary="Download a version",
    response_class=Response,
    responses={
        200: file_reply("The file.", OCTETS, headers=ANSWERED_BY),
        **problem_responses(404, 422, 503),
    },
)
async def download_version(
    version: VersionName, query: Annotated[FileQuery, Query()], project: ProjectDep, heavy: HeavyDep
) -> Response:
    """Download a version as a file for use elsewhere."""
    return await heavy(_file, project, version_number(version), query.format)


def _file(project: Project, number: int | None, name: str) -> Response:
    with temporary_folder() as (folder, removal):
        file = project.transfer.export_version(number, name, Path(folder) / "decoder")
        return FileResponse(
            file.path,
            media_type=OCTETS,
            filename=f"samstudio-{file.model}-v{file.version}.{file.format}",
            headers={VERSION_HEADER: str(file.version)},
            background=removal,
        )
