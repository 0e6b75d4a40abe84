"""The dataset as a whole: its size, the check before tuning, and its export."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import FileResponse, Response

from samstudio.project import Project
from samstudio.services.dataset_io.exports.choice import ExportChoice
from samstudio.services.image_queries import ImageQuery
from samstudio.web.api.dependencies import HeavyDep, ProjectDep
from samstudio.web.api.models.dataset import (
    DatasetInfo,
    ExportBody,
    ExportQuery,
    FindingInfo,
    FindingList,
    GroupInfo,
    GroupList,
    StateCountsInfo,
)
from samstudio.web.api.models.pixel_sizes import PixelSizeBody, PixelSizeInfo
from samstudio.web.api.openapi import file_reply, problem_responses
from samstudio.web.api.temporary_folder import temporary_folder
from samstudio.web.api.zipping import notes_header, zip_folder

router = APIRouter(tags=["dataset"])


@router.get(
    "/dataset",
    operation_id="getDataset",
    summary="Count images and annotations",
    responses=problem_responses(),
)
def get_dataset(project: ProjectDep) -> DatasetInfo:
    """Count images and annotations, and list the formats that an export can have."""
    return _info(project)


@router.patch(
    "/dataset",
    operation_id="changeDataset",
    summary="Set the dataset's pixel size",
    responses=problem_responses(400, 413, 422),
)
def change_dataset(body: PixelSizeBody, project: ProjectDep) -> DatasetInfo:
    """Set how large the pixels are of the images that have no size of their own; null takes it away."""
    project.images.pixel_sizes.set_of_dataset(body.size())
    return _info(project)


def _info(project: Project) -> DatasetInfo:
    stats = project.datasets.stats()
    size = project.images.pixel_sizes.of_dataset()
    return DatasetInfo(
        images=stats.images,
        images_with_accepted=stats.images_with_accepted,
        accepted=stats.accepted,
        proposed=stats.proposed,
        rejected=stats.rejected,
        image_bytes=stats.image_bytes,
        states=StateCountsInfo.model_validate(project.image_queries.states()),
        formats=list(project.datasets.formats),
        pixel_size=None if size is None else PixelSizeInfo.model_validate(size),
        images_with_pixel_size=project.images.pixel_sizes.count_own(),
    )


@router.get("/groups", operation_id="listGroups", summary="List the groups", responses=problem_responses())
def list_groups(project: ProjectDep) -> GroupList:
    """List every group of images, by name."""
    counted = project.images.groups()
    return GroupList(items=[GroupInfo(name=name, images=count) for name, count in counted])


@router.get(
    "/dataset/export",
    operation_id="exportDataset",
    summary="Export the dataset",
    response_class=Response,
    responses={200: file_reply("The folder, zipped.", "application/zip"), **problem_responses(422, 503)},
)
async def export_dataset(
    query: Annotated[ExportQuery, Query()], project: ProjectDep, heavy: HeavyDep
) -> Response:
    """Export annotations, by default the accepted ones, and their images in one of the formats, as a zip.

    What was left out is told in `samstudio-notes-FORMAT.txt` in the zip, and in the
    header `X-Samstudio-Notes`, a JSON list of sentences.
    """
    return await heavy(_zip, project, query.format, query.choice())


@router.post(
    "/dataset/export",
    operation_id="exportImages",
    summary="Export chosen images",
    response_class=Response,
    responses={
        200: file_reply("The folder, zipped.", "application/zip"),
        **problem_responses(400, 413, 422, 503),
    },
)
async def export_images(body: ExportBody, project: ProjectDep, heavy: HeavyDep) -> Response:
    """Export the images of a list of ids or of a query, as the export of the whole dataset does."""
    query = None if body.query is None else ImageQuery.from_params(body.query)

    def chosen() -> Response:
        ids = body.images or [] if query is None else project.image_queries.ids(query)
        some = frozenset(ids).difference(body.without)
        return _zip(project, body.export.format, replace(body.export.choice(), image_ids=some))

    return await heavy(chosen)


def _zip(project: Project, name: str, choice: ExportChoice) -> Response:
    with temporary_folder() as (folder, removal):
        report = project.datasets.export(name, folder / name, choice)
        archive = zip_folder(folder / name, folder / "dataset.zip")
        return FileResponse(
            archive,
            media_type="application/zip",
            filename=f"samstudio-{name}.zip",
            headers={"X-Samstudio-Notes": notes_header(report.notes)},
            background=removal,
        )


@router.get(
    "/preflight",
    operation_id="preflight",
    summary="Check the dataset before tuning",
    responses=problem_responses(),
)
async def preflight(project: ProjectDep, heavy: HeavyDep) -> FindingList:
    """Look the accepted masks over; nothing is changed."""
    found = await heavy(project.preflight.check)
    return FindingList(findings=[FindingInfo.model_validate(one) for one in found])
