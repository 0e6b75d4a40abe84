"""Near-duplicates: looked for, made groups of, or dismissed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from samstudio.web.api.dependencies import HeavyDep, ProjectDep
from samstudio.web.api.models.image_lists import BulkInfo
from samstudio.web.api.models.near_duplicates import (
    BroughtBack,
    ChosenSuggestions,
    NearDuplicatesInfo,
    NearDuplicatesQuery,
)
from samstudio.web.api.openapi import problem_responses

router = APIRouter(prefix="/near-duplicates", tags=["dataset"])


@router.get(
    "",
    operation_id="findNearDuplicates",
    summary="Find near-duplicates",
    responses=problem_responses(422),
)
async def find_near_duplicates(
    query: Annotated[NearDuplicatesQuery, Query()], project: ProjectDep, heavy: HeavyDep
) -> NearDuplicatesInfo:
    """List sets of encoded images that are nearly alike, as the groups that they would be.

    They are looked for in the background: ask again while the state is `looking`.
    """
    return NearDuplicatesInfo.of(await heavy(project.near_duplicates.ask), query)


@router.post(
    "/accept",
    operation_id="acceptNearDuplicates",
    summary="Make groups of near-duplicates",
    status_code=202,
    responses=problem_responses(400, 409, 413, 422),
)
async def accept_near_duplicates(body: ChosenSuggestions, project: ProjectDep, heavy: HeavyDep) -> BulkInfo:
    """Begin to put the images of suggestions into their groups: a change of many images, with its undo."""
    return BulkInfo.model_validate(await heavy(project.near_duplicates.accept, body.ids))


@router.post(
    "/dismiss",
    operation_id="dismissNearDuplicates",
    summary="Dismiss near-duplicates",
    responses=problem_responses(400, 409, 413, 422),
)
async def dismiss_near_duplicates(body: ChosenSuggestions, project: ProjectDep, heavy: HeavyDep) -> BulkInfo:
    """Remember that these images are no near-duplicates: a change with its undo. They stay away."""
    return BulkInfo.model_validate(await heavy(project.near_duplicates.dismiss, body.ids))


@router.post(
    "/bring-back",
    operation_id="bringBackNearDuplicates",
    summary="Bring back what was dismissed",
    responses=problem_responses(),
)
async def bring_back_near_duplicates(project: ProjectDep, heavy: HeavyDep) -> BroughtBack:
    """Forget all that was dismissed, so that it is suggested again."""
    return BroughtBack(dismissed=await heavy(project.near_duplicates.bring_back))
