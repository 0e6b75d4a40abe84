from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime

import anyio
import numpy as np
import pytest
from starlette.testclient import TestClient

from samstudio.domain import Job, JobPoint, JobStatus, NewAnnotation
from samstudio.masks import encode_rle
from samstudio.records import JobResult
from samstudio.web.api.job_events import job_events
from tests.unit.web.api.conftest import V1
from tests.unit.web.fakes import FakeProject

JOBS = f"{V1}/jobs"


@pytest.fixture
def ready(project: FakeProject, image_id: str) -> FakeProject:
    project.annotations.add(NewAnnotation(image_id, "cup", encode_rle(np.ones((30, 40), bool))))
    return project


def events_of(text: str) -> list[tuple[str, dict]]:
    blocks = [block for block in text.split("\n\n") if block.strip()]
    fields = [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]
    return [(one["event"], json.loads(one["data"])) for one in fields]


def test_a_job_is_started_watched_and_cancelled(client: TestClient, ready: FakeProject) -> None:
    started = client.post(JOBS, json={"max_seconds": 30, "seed": 4})
    assert started.status_code == 202
    job = started.json()
    assert (job["status"], job["config"]["max_seconds"], job["config"]["seed"]) == ("queued", 30, 4)
    assert job["config"]["keep_everyday"] is False
    assert started.headers["location"] == f"{JOBS}/{job['id']}"
    second = client.post(JOBS)
    assert (second.status_code, second.json()["type"]) == (409, "urn:samstudio:problem:conflict")
    cancelled = client.post(f"{JOBS}/{job['id']}/cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (202, "cancelled")
    assert client.post(f"{JOBS}/{job['id']}/cancel").status_code == 409
    assert client.get(f"{JOBS}/{job['id']}").json() == cancelled.json()


def test_a_job_may_be_asked_to_keep_everyday_objects(client: TestClient, ready: FakeProject) -> None:
    started = client.post(JOBS, json={"keep_everyday": True})
    assert started.json()["config"]["keep_everyday"] is True


def test_nothing_to_learn_from_is_told(client: TestClient) -> None:
    reply = client.post(JOBS)
    assert (reply.status_code, "nothing to learn" in reply.json()["detail"]) == (422, True)


@pytest.mark.parametrize("body", [{"max_seconds": 0}, {"max_seconds": -1}, {"seed": -1}, {"seed": "1"}])
def test_a_job_needs_time_and_a_seed(client: TestClient, ready: FakeProject, body: dict) -> None:
    assert client.post(JOBS, json=body).status_code == 422


def test_jobs_are_listed_newest_first(client: TestClient, ready: FakeProject) -> None:
    for _ in range(3):
        ready.jobs.cancel(ready.tuning.start().id)
    page = client.get(JOBS, params={"offset": 1, "limit": 1}).json()
    assert ([one["id"] for one in page["items"]], page["total"]) == ([2], 3)
    assert client.get(f"{JOBS}/9").status_code == 404
    assert client.get(f"{JOBS}/9/events").status_code == 404


def test_an_ended_job_streams_its_whole_story(client: TestClient, ready: FakeProject) -> None:
    job = ready.tuning.start()
    assert ready.jobs.claim(job.id)
    for step in (1, 2):
        point = JobPoint(step, 0.5 / step, None, float(step))
        ready.jobs.progress(job.id, phase="training", step=step, total_steps=2, point=point)
    ready.jobs.finish(job.id, JobResult(other={"version": None}), reason="no gain")
    reply = client.get(f"{JOBS}/{job.id}/events")
    assert reply.headers["content-type"].startswith("text/event-stream")
    *points, (last, end) = events_of(reply.text)
    assert [(name, one["step"], one["loss"]) for name, one in points] == [
        ("point", 1, 0.5),
        ("point", 2, 0.25),
    ]
    assert (last, end["status"], end["reason"], end["progress"]) == ("job", "succeeded", "no gain", 1.0)
    resumed = client.get(f"{JOBS}/{job.id}/events", headers={"last-event-id": "1"})
    assert [name for name, _ in events_of(resumed.text)] == ["point", "job"]
    points_alone = client.get(f"{JOBS}/{job.id}/points").json()["items"]
    assert [one["step"] for one in points_alone] == [1, 2]


class Told:
    """Jobs whose next states are known: each look is answered with the next one."""

    def __init__(self, *states: Job) -> None:
        self._states = list(states)

    def get(self, job_id: int) -> Job:
        return self._states.pop(0)

    def points(self, job_id: int) -> list[JobPoint]:
        return []


def test_a_running_job_is_told_of_only_when_it_changed(ready: FakeProject) -> None:
    queued = ready.tuning.start()
    running = dataclasses.replace(queued, status=JobStatus.RUNNING, phase="training")
    alive = dataclasses.replace(running, heartbeat_at=datetime(2026, 8, 1, tzinfo=UTC))  # no news
    failed = dataclasses.replace(running, status=JobStatus.FAILED, reason="broken")
    jobs = Told(queued, running, running, alive, alive, failed)

    async def watch() -> list[str]:
        return [event.data.status async for event in job_events(jobs, queued.id, poll_seconds=0)]

    assert anyio.run(watch) == ["queued", "running", "failed"]
