from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Picture

from samstudio.domain import Size
from samstudio.web.encoding_queue import EncodingQueue
from samstudio.web.page.canvas.server import CanvasServer
from tests.unit.web.fakes import FakeProject, open_fake

Call = Callable[..., dict[str, Any]]

BOX = {"box": [10, 10, 40, 40], "point_coords": [], "point_labels": []}


@pytest.fixture
def project(tmp_path: Path) -> FakeProject:
    return open_fake(tmp_path / "storage", job_seconds=0.3)


@pytest.fixture
def size() -> Size:
    """The (H, W) of the pictures that `png` makes unless it is told another."""
    return (60, 80)


@pytest.fixture
def png(size: Size) -> Callable[..., bytes]:
    """PNG bytes of a noisy picture; another seed, another picture."""

    def make(seed: int = 0, *, height: int = size[0], width: int = size[1]) -> bytes:
        pixels = np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)
        out = io.BytesIO()
        Picture.fromarray(pixels).save(out, "PNG")
        return out.getvalue()

    return make


@pytest.fixture
def call(project: FakeProject) -> Call:
    """Call a server function as the browser does: by name, with one object."""
    server = CanvasServer(project=project, encoding_queue=EncodingQueue(project))
    functions = {function.__name__: function for function in server.functions()}
    return lambda function, **request: functions[function](request)


@pytest.fixture
def image_id(project: FakeProject, png: Callable[..., bytes]) -> str:
    return str(project.images.add(png(), filename="one.png").image.id)
