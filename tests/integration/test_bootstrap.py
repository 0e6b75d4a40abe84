"""The wiring: what only shows when the real parts meet."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from PIL import Image

from samstudio.bootstrap import open_studio
from samstudio.config import Settings
from samstudio.domain import NotFound
from tests.integration.commands import run
from tests.synthetic import picture


def test_a_deleted_image_takes_its_embedding_along(tmp_path: Path) -> None:
    studio = open_studio(Settings(storage=tmp_path))
    buffer = io.BytesIO()
    Image.fromarray(picture(3)[0]).save(buffer, format="PNG")
    image = studio.images.add(buffer.getvalue(), filename="picture.png").image
    studio.predictions.prepare(image.id)
    assert list(tmp_path.glob("embeddings/*/*/*.safetensors"))
    studio.images.delete(image.id)
    assert not list(tmp_path.glob("embeddings/*/*/*.safetensors"))
    with pytest.raises(NotFound):
        studio.predictions.prepare(image.id)


def test_commands_that_need_no_model_import_no_torch(tmp_path: Path) -> None:
    import subprocess

    script = "import sys, samstudio.bootstrap as b; b.open_studio(); assert 'torch' not in sys.modules"
    env = {"SAMSTUDIO_STORAGE": str(tmp_path), "PATH": ""}
    subprocess.run([sys.executable, "-c", script], check=True, env=env)
    assert run(tmp_path, "jobs").stdout.strip() == "no job yet"
