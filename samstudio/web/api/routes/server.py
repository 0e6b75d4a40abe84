"""The server: its version, its model, its limits."""

from __future__ import annotations

from fastapi import APIRouter

from samstudio import __version__
from samstudio.prompts import MAX_POINTS, MAX_PROMPTS
from samstudio.web.api.dependencies import ProjectDep
from samstudio.web.api.models.base import MAX_PAGE
from samstudio.web.api.models.dataset import Limits, ServerInfo
from samstudio.web.api.openapi import problem_responses

router = APIRouter(tags=["server"])


@router.get("/server", operation_id="getServer", summary="Describe the server", responses=problem_responses())
def get_server(project: ProjectDep) -> ServerInfo:
    """Describe the server: its version, its model, which decoder is live, and what it takes at most."""
    settings = project.settings
    return ServerInfo(
        name="SAM Studio",
        version=__version__,
        model=settings.model,
        live=project.versions.live().number,
        limits=Limits(
            upload_mb=settings.max_upload_mb,
            image_megapixels=settings.max_image_megapixels,
            prompts=MAX_PROMPTS,
            points=MAX_POINTS,
            page=MAX_PAGE,
        ),
    )
