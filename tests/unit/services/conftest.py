from collections.abc import Iterator
from pathlib import Path

import pytest

from samstudio.db.engine import Database, open_database
from samstudio.services.annotations import AnnotationService
from samstudio.services.images import ImageService


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A real SQLite file."""
    opened = open_database(f"sqlite:///{tmp_path / 'storage' / 'studio.db'}")
    yield opened
    opened.close()


@pytest.fixture
def images(database: Database, tmp_path: Path) -> ImageService:
    return ImageService(
        database=database, folder=tmp_path / "storage" / "images", max_bytes=10**6, max_pixels=10**6
    )


@pytest.fixture
def annotations(database: Database) -> AnnotationService:
    return AnnotationService(database=database)
