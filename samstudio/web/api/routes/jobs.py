"""Tuning jobs: started, watched, cancelled."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from samstudio.domain import Job
from samstudio.web.api.dependencies import HeavyDep, ProjectDep
from samstudio.web.api.job_events import job_events
from samstudio.web.api.models.base import JobId, PageQuery
from samstudio.web.api.models.jobs import JobBody, JobInfo, JobPage, PointInfo, PointList
from samstudio.web.api.openapi import problem_responses

router = APIRouter(prefix="/jobs", tags=["jobs"])


@router.post(
    "",
    operation_id="startJob",
    summary="Start tuning",
    status_code=202,
    responses=problem_responses(400, 409, 413, 422, 503),
)
async def start_job(
    response: Response, project: ProjectDep, heavy: HeavyDep, body: JobBody | None = None
) -> JobInfo:
    """Queue a tuning job on the accepted annotations and start its worker; one runs at a time."""
    asked = body or JobBody()
    job = await heavy(
        project.tuning.start,
        max_seconds=asked.max_seconds,
        seed=asked.seed,
        from_live=asked.from_live,
        keep_everyday=asked.keep_everyday,
    )
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return JobInfo.model_validate(job)


@router.get("", operation_id="listJobs", summary="List the jobs", responses=problem_responses(422))
def list_jobs(query: Annotated[PageQuery, Query()], project: ProjectDep) -> JobPage:
    """List the jobs, newest first."""
    every = project.jobs.list()
    part = every[query.offset : query.offset + query.limit]
    items = [JobInfo.model_validate(job) for job in part]
    return JobPage(items=items, total=len(every), offset=query.offset, limit=query.limit)


def _get_or_raise(job_id: JobId, project: ProjectDep) -> Job:
    return project.jobs.get(job_id)


FoundJob = Annotated[Job, Depends(_get_or_raise)]


@router.get("/{job_id}", operation_id="getJob", summary="Get a job", responses=problem_responses(404, 422))
def get_job(job: FoundJob) -> JobInfo:
    """Say how far a job is, or how it ended."""
    return JobInfo.model_validate(job)


@router.get(
    "/{job_id}/points",
    operation_id="getPoints",
    summary="A job's curves",
    responses=problem_responses(404, 422),
)
def get_points(job: FoundJob, project: ProjectDep) -> PointList:
    """List loss and mIoU by step, in the order they were measured."""
    return PointList(items=[PointInfo.model_validate(one) for one in project.jobs.points(job.id)])


@router.get(
    "/{job_id}/events",
    operation_id="watchJob",
    summary="Stream the events of a job",
    response_class=EventSourceResponse,
    responses=problem_responses(404, 422),
)
async def watch_job(
    job: FoundJob,
    project: ProjectDep,
    last_event_id: Annotated[
        str | None, Header(description="The `id` of the last point seen; those before it are left out.")
    ] = None,
) -> AsyncIterable[ServerSentEvent]:
    """Stream server-sent events: `job` (as `getJob` gives it) at each change, `point` for each new point.

    The stream ends after the `job` event that says how it ended.
    """
    seen = int(last_event_id) if last_event_id and last_event_id.isdecimal() else 0
    async for event in job_events(project.jobs, job.id, seen=seen):
        yield event


@router.post(
    "/{job_id}/cancel",
    operation_id="cancelJob",
    summary="Cancel a job",
    status_code=202,
    responses=problem_responses(404, 409, 422),
)
def cancel_job(job: FoundJob, project: ProjectDep) -> JobInfo:
    """Cancel a queued job at once; a running one stops after its present step."""
    return JobInfo.model_validate(project.jobs.cancel(job.id))
