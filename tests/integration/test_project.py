"""The wiring: what only shows when the real parts meet."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from PIL import Image

from samstudio.config import Settings
from samstudio.domain import NotFound
from samstudio.project import open_project
from tests.integration.commands import run
from tests.synthetic import picture


def test_a_deleted_image_takes_its_embedding_along(tmp_path: Path) -> None:
    project = open_project(Settings(storage=tmp_path))
    buffer = io.BytesIO()
    Image.fromarray(picture(3)[0]).save(buffer, format="PNG")
    image = project.images.add(buffer.getvalue(), filename="picture.png").image
    project.predictions.prepare(image.id)
    assert list(tmp_path.glob("embeddings/*/*/*.safetensors"))
    project.images.delete(image.id)
    assert not list(tmp_path.glob("embeddings/*/*/*.safetensors"))
    with pytest.raises(NotFound):
        project.predictions.prepare(image.id)


def test_commands_that_need_no_model_import_no_torch(tmp_path: Path) -> None:
    import subprocess

    script = "import sys, samstudio.project as b; b.open_project(); assert 'torch' not in sys.modules"
    env = {"SAMSTUDIO_STORAGE": str(tmp_path), "PATH": ""}
    subprocess.run([sys.executable, "-c", script], check=True, env=env)
    assert run(tmp_path, "jobs").stdout.strip() == "no job yet"
