"""Who answers: the server, its model, its limits."""

from __future__ import annotations

from fastapi import APIRouter

from samstudio import __version__
from samstudio.api.documentation import refuses
from samstudio.api.models.base import MAX_PAGE
from samstudio.api.models.dataset import Limits, ServerInfo
from samstudio.api.models.predictions import MAX_POINTS, MAX_PROMPTS
from samstudio.api.work import StudioDep

router = APIRouter(tags=["server"])


@router.get("/server", operation_id="getServer", summary="Who answers", responses=refuses())
def get_server(studio: StudioDep) -> ServerInfo:
    """The server's version, its model, which decoder is live, and what it takes at most."""
    settings = studio.settings
    return ServerInfo(
        name="SAM Studio",
        version=__version__,
        model=settings.model,
        live=studio.versions.live().number,
        limits=Limits(
            upload_mb=settings.max_upload_mb,
            image_megapixels=settings.max_image_megapixels,
            prompts=MAX_PROMPTS,
            points=MAX_POINTS,
            page=MAX_PAGE,
        ),
    )
