"""Prometheus metrics, under ``/metrics``."""

from __future__ import annotations

import logging
from collections import Counter as Tally
from collections.abc import Iterator

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from samstudio import __version__
from samstudio.domain import JobStatus
from samstudio.web.observability.app_state import AppState

log = logging.getLogger(__name__)

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds. A decode takes 0.05 on a CPU, an encode one; vit_h takes ten."""


class Metrics:
    """One app's metrics, in a registry of their own. Thread-safe, as prometheus_client is."""

    def __init__(self, state: AppState) -> None:
        self._registry = CollectorRegistry()
        self._stages = Histogram(
            "samstudio_stage_seconds",
            "Time of one stage of answering a prompt: encode, decode, predict (the whole).",
            ["stage"],
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._requests = Counter(
            "samstudio_requests",
            "Requests by method, route template and status.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        for stage in ("encode", "decode", "predict"):  # there from the start, so that a rate can be taken
            self._stages.labels(stage)
        self._registry.register(_StateCollector(state))
        ProcessCollector(registry=self._registry)

    def stage(self, name: str, seconds: float) -> None:
        """Record how many seconds a stage took."""
        self._stages.labels(name).observe(seconds)

    def request(self, method: str, route: str, status: int) -> None:
        """Count an answered request."""
        self._requests.labels(method, route, str(status)).inc()

    def route(self) -> Route:
        """Return ``GET /metrics``, in Prometheus's text format."""

        def metrics(_request: Request) -> Response:
            return Response(generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

        return Route("/metrics", metrics)


class _StateCollector(Collector):
    """Gauges of the app's present state, read at each scrape."""

    def __init__(self, state: AppState) -> None:
        self._state = state

    def describe(self) -> Iterator[Metric]:
        """Return nothing: registering must not read the database."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield the state as gauges, without those from the database while it cannot be read."""
        yield InfoMetricFamily("samstudio", "The app.", value={"version": __version__})
        yield _gauge("samstudio_model_ready", "1 when the model is loaded.", self._state.model() == "ready")
        yield _gauge(
            "samstudio_images_preparing", "Images that wait to be encoded ahead.", self._state.preparing()
        )
        try:
            live, jobs = self._state.live(), Tally(self._state.jobs())
        except Exception as error:
            log.error("the database cannot be read: %s", error)
            yield _gauge("samstudio_database_up", "1 when the database can be read.", 0)
            return
        yield _gauge("samstudio_database_up", "1 when the database can be read.", 1)
        yield _gauge("samstudio_live_version", "The decoder version that is live; 0 is stock.", live)
        states = GaugeMetricFamily("samstudio_jobs", "Tuning jobs by status.", labels=["status"])
        for status in JobStatus:
            states.add_metric([status.value], jobs[status])
        yield states


def _gauge(name: str, help_: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, help_, value=float(value))
