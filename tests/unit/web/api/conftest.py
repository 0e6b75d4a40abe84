from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from samstudio.domain import Size
from samstudio.web.api.app import api_routes
from samstudio.web.encoding_queue import EncodingQueue
from tests.unit.web.fakes import FakeProject, open_fake

V1 = "/api/v1"


@pytest.fixture
def project(tmp_path: Path) -> FakeProject:
    return open_fake(tmp_path / "storage", max_upload_mb=1, max_image_megapixels=1)


@pytest.fixture
def encoding_queue(project: FakeProject) -> EncodingQueue:
    """Never started: what is added waits in it."""
    return EncodingQueue(project)


@pytest.fixture
def client(project: FakeProject, encoding_queue: EncodingQueue) -> Iterator[TestClient]:
    # As in the real server: among other routes, here none.
    routes = api_routes(project, encoding_queue)
    with TestClient(Starlette(routes=routes), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def size() -> Size:
    return (30, 40)
