"""The addresses of exported and imported versions."""

from __future__ import annotations

import logging
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from samstudio.domain import StudioError
from samstudio.web.page.http_errors import foreign, handle_errors, no, refusal

if TYPE_CHECKING:
    from samstudio.project import Project

log = logging.getLogger(__name__)

LARGEST = 4 * 1024**3
"""Bytes of the largest file taken in: vit_h's whole checkpoint is 2.6 GB."""


def version_routes(*, project: Project) -> list[BaseRoute]:
    """``GET /studio/versions/NUMBER/FORMAT`` and ``POST /studio/versions?filename=``."""

    def download(request: Request) -> Response:
        return _download(project, request.path_params["number"], request.path_params["format"])

    async def upload(request: Request) -> Response:
        return await _upload(project, request)

    return [
        Route("/studio/versions/{number:int}/{format:str}", handle_errors(download)),
        Route("/studio/versions", upload, methods=["POST"]),
    ]


def _download(project: Project, number: int, name: str) -> Response:
    folder = _folder()
    try:
        file = project.transfer.export_version(number, name, folder / "decoder")
    except BaseException:
        _remove(folder)
        raise
    return FileResponse(
        file.path,
        media_type="application/octet-stream",
        filename=f"samstudio-{file.model}-v{file.version}.{file.format}",
        background=BackgroundTask(_remove, folder),
    )


async def _upload(project: Project, request: Request) -> Response:
    """One file as the raw body, its name in the query; → the new version's number, or why not."""
    refused = foreign(request)
    if refused is not None:
        return refused
    name = Path(request.query_params.get("filename", "")).name or "file"
    folder = _folder()
    try:
        path = folder / name
        with path.open("wb") as file:
            async for chunk in request.stream():
                file.write(chunk)
                if file.tell() > LARGEST:
                    return no(
                        413, f"{name} is larger than {LARGEST // 1024**3} GB: it is no Segment Anything"
                    )
        return await run_in_threadpool(_import, project, path)
    except (OSError, ValueError) as error:
        return no(409, f"{name} could not be stored: {error}")
    finally:
        _remove(folder)


def _import(project: Project, path: Path) -> Response:
    try:
        made = project.transfer.import_version(path)
    except StudioError as error:
        return refusal(error)
    except Exception:
        log.exception("importing %s", path.name)
        return no(500, f"{path.name} could not be imported: the server's log says why.")
    return JSONResponse({"number": made.number})


def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="samstudio-version-"))


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
