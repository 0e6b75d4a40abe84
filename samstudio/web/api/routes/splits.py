"""The fixed test set: counted, drawn by share, emptied."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query

from samstudio.web.api.dependencies import HeavyDep, ProjectDep
from samstudio.web.api.models.image_lists import BulkInfo
from samstudio.web.api.models.splits import (
    DrawBody,
    DrawQuery,
    TestSetInfo,
    TestSetPlanInfo,
    TestSetScoresInfo,
)
from samstudio.web.api.openapi import problem_responses

router = APIRouter(prefix="/test-set", tags=["dataset"])


@router.get("", operation_id="getTestSet", summary="Count the test set", responses=problem_responses())
def get_test_set(project: ProjectDep) -> TestSetInfo:
    """Count what no tuning looks at, what models are only judged on, and what they may learn from."""
    return TestSetInfo.of(project.splits.uses())


@router.get(
    "/plan",
    operation_id="planTestSet",
    summary="Plan a test set",
    responses=problem_responses(422),
)
async def plan_test_set(
    query: Annotated[DrawQuery, Query()], project: ProjectDep, heavy: HeavyDep
) -> TestSetPlanInfo:
    """Say what drawing a test set by share would do."""
    return TestSetPlanInfo.model_validate(await heavy(partial(project.splits.plan, **query.model_dump())))


@router.get(
    "/scores",
    operation_id="getTestSetScores",
    summary="Score every version on the test set",
    responses=problem_responses(),
)
async def get_test_set_scores(project: ProjectDep, heavy: HeavyDep) -> TestSetScoresInfo:
    """Give the mIoU of every version on the test set, by tight boxes; what is missing is being computed.

    Ask again until nothing is `waiting`. Scores are kept, and computed again where a mask changes.
    """
    return TestSetScoresInfo.model_validate(await heavy(project.test_scores.ask))


@router.post(
    "",
    operation_id="drawTestSet",
    summary="Draw a test set",
    status_code=202,
    responses=problem_responses(400, 413, 422),
)
async def draw_test_set(body: DrawBody, project: ProjectDep, heavy: HeavyDep) -> BulkInfo:
    """Begin to add images until the test set has a share of all: a change of many images, with its undo.

    Whole groups are added. What is in the test set stays in it.
    """
    return BulkInfo.model_validate(await heavy(partial(project.splits.draw, **body.model_dump())))


@router.delete(
    "",
    operation_id="clearTestSet",
    summary="Empty the test set",
    status_code=202,
    responses=problem_responses(),
)
async def clear_test_set(project: ProjectDep, heavy: HeavyDep) -> BulkInfo:
    """Begin to take all images out of the test set: a change of many images, with its undo."""
    return BulkInfo.model_validate(await heavy(project.splits.clear))
