from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.testclient import TestClient

from samstudio.domain import JobStatus
from samstudio.web.observability.metrics import Metrics
from tests.unit.web.observability.fakes import State


def _scrape(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """Samples by name and label values in order of the labels' names, as Prometheus reads them."""
    with TestClient(Starlette(routes=[metrics.route()])) as client:
        reply = client.get("/metrics")
    assert reply.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(reply.text)
        for sample in family.samples
    }


def test_stages_are_there_from_the_start_and_filled_as_told() -> None:
    metrics = Metrics(State().state())
    assert _scrape(metrics)["samstudio_stage_seconds_count", "encode"] == 0
    for seconds in (0.04, 0.06, 2.0):
        metrics.stage("decode", seconds)
    found = _scrape(metrics)
    assert found["samstudio_stage_seconds_count", "decode"] == 3
    assert round(found["samstudio_stage_seconds_sum", "decode"], 6) == 2.1
    assert found["samstudio_stage_seconds_bucket", "0.05", "decode"] == 1
    assert found["samstudio_stage_seconds_count", "predict"] == 0


def test_requests_are_counted_by_method_route_and_status() -> None:
    metrics = Metrics(State().state())
    metrics.request("GET", "/api/v1/images/{image_id}", 200)
    metrics.request("GET", "/api/v1/images/{image_id}", 200)
    assert _scrape(metrics)["samstudio_requests_total", "GET", "/api/v1/images/{image_id}", "200"] == 2


def test_the_state_is_that_of_the_scrape() -> None:
    state = State(live=2, jobs=[JobStatus.RUNNING, JobStatus.FAILED, JobStatus.FAILED], preparing=4)
    metrics = Metrics(state.state())
    found = _scrape(metrics)
    assert found["samstudio_live_version",] == 2
    assert found["samstudio_images_preparing",] == 4
    assert found["samstudio_model_ready",] == 1
    jobs = {status: found["samstudio_jobs", status] for status in JobStatus}
    assert jobs == {"queued": 0, "running": 1, "succeeded": 0, "failed": 2, "cancelled": 0}
    state.live, state.model = 5, "loading"
    found = _scrape(metrics)
    assert (found["samstudio_live_version",], found["samstudio_model_ready",]) == (5, 0)


def test_memory_is_among_them() -> None:
    assert _scrape(Metrics(State().state()))["process_resident_memory_bytes",] > 1e6


def test_without_the_database_the_rest_is_still_told() -> None:
    state = State(preparing=1)
    metrics = Metrics(state.state())
    assert _scrape(metrics)["samstudio_database_up",] == 1
    state.database = False
    found = _scrape(metrics)
    assert found["samstudio_database_up",] == 0
    assert found["samstudio_images_preparing",] == 1
    assert ("samstudio_live_version",) not in found
