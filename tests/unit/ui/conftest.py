from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture

from tests.unit.ui.fakes import FakeStudio


@pytest.fixture
def studio(tmp_path: Path) -> FakeStudio:
    return FakeStudio(tmp_path / "images")


@pytest.fixture
def png() -> Callable[..., bytes]:
    """PNG bytes of a noisy picture; another seed, another picture."""

    def make(seed: int = 0, *, width: int = 80, height: int = 60) -> bytes:
        pixels = np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)
        out = io.BytesIO()
        Picture.fromarray(pixels).save(out, "PNG")
        return out.getvalue()

    return make
