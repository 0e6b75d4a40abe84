from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture
from starlette.applications import Starlette
from starlette.testclient import TestClient

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
def png() -> Callable[..., bytes]:
    """PNG bytes of a noisy picture; another seed, another picture."""

    def make(seed: int = 0, *, width: int = 40, height: int = 30) -> bytes:
        pixels = np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)
        out = io.BytesIO()
        Picture.fromarray(pixels).save(out, "PNG")
        return out.getvalue()

    return make


@pytest.fixture
def image_id(project: FakeProject, png: Callable[..., bytes]) -> str:
    return project.images.add(png(), filename="one.png").image.id
