"""Decoder versions: listed, made live, taken home, deleted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import FileResponse, Response

from samstudio.domain import DecoderVersion, LiveVersion
from samstudio.project import Project
from samstudio.web.api.dependencies import HeavyDep, StudioDep
from samstudio.web.api.models.base import VersionName, VersionNumber, version_number
from samstudio.web.api.models.versions import FileQuery, LiveInfo, ReasonBody, VersionInfo, VersionList
from samstudio.web.api.openapi import ANSWERED_BY, VERSION_HEADER, file_reply, refuses
from samstudio.web.api.temporary_folder import temporary_folder

router = APIRouter(prefix="/versions", tags=["versions"])

OCTETS = "application/octet-stream"


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
    )


def _moved(live: LiveVersion) -> LiveInfo:
    return LiveInfo(number=live.number, moved_at=live.moved_at)


@router.get("", operation_id="listVersions", summary="List the versions", responses=refuses())
def list_versions(project: StudioDep) -> VersionList:
    """This model's decoders, newest first; 0 is stock."""
    live = project.versions.live().number
    return VersionList(live=live, items=[_info(one, live) for one in project.versions.list()])


@router.get("/{version}", operation_id="getVersion", summary="Look a version up", responses=refuses(404, 422))
def get_version(version: VersionName, project: StudioDep) -> VersionInfo:
    """One decoder, with what the gate measured."""
    live = project.versions.live().number
    number = version_number(version)
    return _info(project.versions.get(live if number is None else number), live)


@router.post(
    "/{version}/promote",
    operation_id="promoteVersion",
    summary="Make a version live",
    responses=refuses(400, 404, 409, 413, 422, 503),
)
def promote_version(version: VersionNumber, project: StudioDep, body: ReasonBody | None = None) -> LiveInfo:
    """Serve this version from the next request on; 0 is stock."""
    reason = body.reason if body else ""
    return _moved(project.versions.promote(version, reason=reason or "promoted by hand"))


@router.post(
    "/live/rollback",
    operation_id="rollback",
    summary="Go back to the version before",
    responses=refuses(400, 409, 413, 422),
)
def rollback(project: StudioDep, body: ReasonBody | None = None) -> LiveInfo:
    """Make the version live that was live before; again and again, back to stock."""
    return _moved(project.versions.rollback(body.reason if body else ""))


@router.delete(
    "/{version}",
    operation_id="deleteVersion",
    summary="Delete a version",
    status_code=204,
    responses=refuses(404, 409, 422),
)
def delete_version(version: VersionNumber, project: StudioDep) -> None:
    """Delete a version's file for good; never the live one or stock. Its number is not given again."""
    project.versions.delete(version)


@router.get(
    "/{version}/file",
    operation_id="downloadVersion",
    summary="Take a version home",
    response_class=Response,
    responses={
        200: file_reply("The file.", OCTETS, headers=ANSWERED_BY),
        **refuses(404, 422, 503),
    },
)
async def download_version(
    version: VersionName, query: Annotated[FileQuery, Query()], project: StudioDep, heavy: HeavyDep
) -> Response:
    """A file for use elsewhere: `safetensors`, `pth` for segment-anything, `onnx` for onnxruntime."""
    return await heavy(_file, project, version_number(version), query.format)


def _file(project: Project, number: int | None, name: str) -> Response:
    with temporary_folder() as (folder, removal):
        taken = project.takeaway.export(number, name, Path(folder) / "decoder")
        return FileResponse(
            taken.path,
            media_type=OCTETS,
            filename=f"samstudio-{taken.model}-v{taken.version}.{taken.format}",
            headers={VERSION_HEADER: str(taken.version)},
            background=removal,
        )
