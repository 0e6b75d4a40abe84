from collections.abc import Iterator
from pathlib import Path

import pytest

from samstudio.db.engine import Sessions, open_database
from samstudio.services.annotations import AnnotationService
from samstudio.services.images import ImageService


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[Sessions]:
    """A real SQLite file."""
    opened = open_database(f"sqlite:///{tmp_path / 'storage' / 'studio.db'}")
    yield opened
    opened.close()


@pytest.fixture
def images(sessions: Sessions, tmp_path: Path) -> ImageService:
    return ImageService(
        sessions=sessions, folder=tmp_path / "storage" / "images", max_bytes=10**6, max_pixels=10**6
    )


@pytest.fixture
def annotations(sessions: Sessions) -> AnnotationService:
    return AnnotationService(sessions=sessions)
