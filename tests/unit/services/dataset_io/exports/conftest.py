from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from samstudio.db.image_facts import refresh
from samstudio.db.tables import ImageTagRow
from samstudio.domain import Annotation, AnnotationStatus, NewAnnotation
from samstudio.masks import encode_rle
from samstudio.services.annotations import AnnotationService
from samstudio.services.dataset_io import DatasetService
from samstudio.services.images import ImageService
from samstudio.services.images.rows import find_row
from tests.unit.services.pictures import colours, encoded


class Dataset:
    """A dataset of pictures of 24x36, each with squares on it."""

    def __init__(self, images: ImageService, annotations: AnnotationService, out: Path) -> None:
        self.images, self.annotations, self.out = images, annotations, out
        self.service = DatasetService(images=images, annotations=annotations)
        self._seed = 0

    def add(
        self,
        name: str,
        *categories: str,
        group: str | None = None,
        status: AnnotationStatus = AnnotationStatus.ACCEPTED,
    ) -> list[Annotation]:
        """A new picture with one square for each category, side by side."""
        self._seed += 1
        data = encoded(colours(seed=self._seed), "PNG")
        image = self.images.add(data, filename=name, group=group).image
        new = []
        for place, category in enumerate(categories):
            mask = np.zeros((24, 36), bool)
            mask[4:20, 6 * place + 1 : 6 * place + 5] = True
            new.append(NewAnnotation(image.id, category, encode_rle(mask), status))
        return self.annotations.add_many(new)

    def put(self, name: str, *tags: str, split: str | None = None) -> None:
        """Tag an image and put it into a split."""
        (image,) = self.images.named(name)
        with self.images._database.write() as session:
            row = find_row(session, image.id)
            row.split = split
            session.add_all(ImageTagRow(image_seq=row.seq, tag=tag) for tag in tags)
            refresh(session, [image.id])

    def files(self) -> set[str]:
        """The paths below the export's folder."""
        return {path.relative_to(self.out).as_posix() for path in self.out.rglob("*") if path.is_file()}


@pytest.fixture
def dataset(images: ImageService, annotations: AnnotationService, tmp_path: Path) -> Dataset:
    return Dataset(images, annotations, tmp_path / "out")


@pytest.fixture
def export(dataset: Dataset) -> Callable[..., list[str]]:
    """Export into the dataset's folder; return the notes."""

    def run(name: str, **choice) -> list[str]:
        from samstudio.services.dataset_io.exports.choice import ExportChoice

        return dataset.service.export(name, dataset.out, ExportChoice(**choice)).notes

    return run
