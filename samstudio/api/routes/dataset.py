"""The dataset as a whole: what there is, what to know before tuning, and taking it home."""

from __future__ import annotations

import shutil
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import FileResponse, Response

from samstudio.api.documentation import file_reply, refuses
from samstudio.api.models.dataset import DatasetInfo, ExportQuery, FindingInfo, FindingList
from samstudio.api.temporary import temporary_folder
from samstudio.api.work import HeavyDep, StudioDep
from samstudio.bootstrap import Studio

router = APIRouter(tags=["dataset"])


@router.get("/dataset", operation_id="getDataset", summary="What there is", responses=refuses())
def get_dataset(studio: StudioDep) -> DatasetInfo:
    """How many images and annotations there are, and the formats that an export can have."""
    stats = studio.datasets.stats()
    return DatasetInfo(
        images=stats.images,
        images_with_accepted=stats.images_with_accepted,
        accepted=stats.accepted,
        proposed=stats.proposed,
        rejected=stats.rejected,
        image_bytes=stats.image_bytes,
        formats=list(studio.datasets.formats),
    )


@router.get(
    "/dataset/export",
    operation_id="exportDataset",
    summary="Take the dataset home",
    response_class=Response,
    responses={200: file_reply("The folder, zipped.", "application/zip"), **refuses(422, 503)},
)
async def export_dataset(
    query: Annotated[ExportQuery, Query()], studio: StudioDep, heavy: HeavyDep
) -> Response:
    """The accepted annotations and their images in one of the dataset's `formats`, as a zip."""
    return await heavy(_zip, studio, query.format)


def _zip(studio: Studio, name: str) -> Response:
    with temporary_folder() as (folder, removal):
        studio.datasets.export(name, folder / name)
        archive = shutil.make_archive(str(folder / "dataset"), "zip", folder / name)
        return FileResponse(
            archive, media_type="application/zip", filename=f"samstudio-{name}.zip", background=removal
        )


@router.get("/preflight", operation_id="preflight", summary="What to know before tuning", responses=refuses())
async def preflight(studio: StudioDep, heavy: HeavyDep) -> FindingList:
    """Look the accepted masks over; nothing is changed."""
    found = await heavy(studio.preflight.check)
    return FindingList(findings=[FindingInfo.model_validate(one) for one in found])
