from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from samstudio import __version__
from samstudio.config import Settings
from samstudio.project import open_project
from samstudio.web.observability.app_state import AppState
from samstudio.web.observability.health import health_route
from tests.unit.web.observability.fakes import State


@pytest.fixture
def state() -> State:
    return State()


@pytest.fixture
def client(state: State) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=[health_route(state.state())])) as client:
        yield client


def test_a_healthy_app_says_what_it_is(client: TestClient, state: State) -> None:
    state.model = "loading"
    reply = client.get("/healthz")
    assert reply.status_code == 200
    assert reply.headers["cache-control"] == "no-store"
    assert reply.json() == {
        "status": "ok",
        "version": __version__,
        "database": "ok",
        "live_version": 3,
        "model": "loading",
    }


def test_without_its_database_it_is_not_well_and_says_no_more(client: TestClient, state: State) -> None:
    state.database = False
    reply = client.get("/healthz")
    assert reply.status_code == 503
    assert reply.json()["database"] == "unreachable"
    assert reply.json()["live_version"] is None
    assert "secret-project" not in reply.text


def test_a_database_file_that_was_destroyed_is_noticed(tmp_path: Path) -> None:
    project = open_project(Settings(storage=tmp_path))
    state = AppState(
        live=lambda: project.versions.live().number,
        jobs=lambda: [],
        model=lambda: "ready",
        preparing=lambda: 0,
    )
    with TestClient(Starlette(routes=[health_route(state)])) as client:
        assert client.get("/healthz").status_code == 200
        for file in tmp_path.glob("studio.db*"):
            file.write_bytes(b"no database" * 1000)
        assert client.get("/healthz").status_code == 503
