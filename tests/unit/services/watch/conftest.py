from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from samstudio.db.engine import Database
from samstudio.domain import Annotation, NewAnnotation
from samstudio.masks import encode_rle
from samstudio.services.annotations import AnnotationService
from samstudio.services.images import ImageService
from samstudio.services.versions import VersionService
from samstudio.services.watch import WatchService
from tests.unit.services.comparison.fakes import ShareDecoders
from tests.unit.services.pictures import colours, encoded

HEIGHT, WIDTH = 40, 60
NARROW, WIDE = 12, 24
"""Versions of `ShareDecoders` are worse than stock on the first, 0.25 against 0.5, perfect on the second."""

Accept = Callable[..., Annotation]
Watch = Callable[..., WatchService]


@pytest.fixture
def versions(database: Database, tmp_path: Path) -> VersionService:
    return VersionService(database=database, folder=tmp_path / "decoders", model="vit_t")


@pytest.fixture
def decoders() -> ShareDecoders:
    return ShareDecoders()


@pytest.fixture
def banked() -> set[str]:
    """Images without an embedding: all others have one."""
    return set()


@pytest.fixture
def watch(
    database: Database,
    versions: VersionService,
    annotations: AnnotationService,
    images: ImageService,
    decoders: ShareDecoders,
    banked: set[str],
) -> Watch:
    """Open the watch, as each process does for itself."""

    def opened(**options: Any) -> WatchService:
        return WatchService(
            database=database,
            versions=versions,
            annotations=annotations,
            images=images,
            decoders=lambda: decoders,
            banked=lambda image_id: image_id not in banked,
            **options,
        )

    return opened


@pytest.fixture
def accept(annotations: AnnotationService, images: ImageService) -> Accept:
    def add(
        width: int = NARROW, *, seed: int, top: int = 4, group: str | None = None, **known: Any
    ) -> Annotation:
        """An object of that width, on the image of that seed; ``known`` as in `NewAnnotation`."""
        picture = encoded(colours(HEIGHT, WIDTH, seed=seed), "PNG")
        image = images.add(picture, filename=f"{seed}.png", group=group).image
        return annotations.add(NewAnnotation(image.id, "cup", mask(width, top), **known))

    return add


def mask(width: int, top: int = 4) -> dict[str, Any]:
    """The run-lengths of a bar."""
    drawn = np.zeros((HEIGHT, WIDTH), bool)
    drawn[top : top + 3, 4 : 4 + width] = True
    return encode_rle(drawn)


def make(versions: VersionService, **options: Any) -> int:
    """Store the next version, live."""
    given = {"write": lambda path: path.write_text("weights"), "reason": "better", "promote": True}
    return versions.create(**given | options).number


def settle(watch: WatchService, most: int = 500) -> int:
    """Let the watch work until nothing is left to do; return how many steps it took."""
    for steps in range(most):
        if not watch.step():
            return steps
    raise AssertionError("the watch never ends")
