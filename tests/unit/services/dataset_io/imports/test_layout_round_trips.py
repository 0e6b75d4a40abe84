"""What an export writes, the reader of its format reads again: the same masks and categories."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from samstudio.db.engine import open_database
from samstudio.domain import NewAnnotation
from samstudio.masks import encode_rle
from samstudio.services.annotations import AnnotationService
from samstudio.services.dataset_io import DatasetService
from samstudio.services.dataset_io.imports.formats import IMPORT_FORMATS, ImportRequest, recognise
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.images import ImageService
from tests.unit.services.dataset_io.imports.accounts import check_files
from tests.unit.services.pictures import colours, encoded

FORMATS = ["masks", "yolo", "voc"]
NAMES = ["cup", "plate", "コップ", 'a "quoted": name', "x, y"]


def labels(seed: int, size: tuple[int, int]) -> np.ndarray:
    """Labels of up to five blobs, each in one part, perhaps with holes."""
    draw = np.random.default_rng(seed)
    found = np.zeros(size, np.int32)
    for label in range(1, draw.integers(2, 6)):
        blob = np.zeros(size, np.uint8)
        corners = draw.integers(0, (size[1], size[0]), (draw.integers(3, 8), 2)).astype(np.int32)
        cv2.fillPoly(blob, [corners], 1)
        blob[found > 0] = 0
        _, parts = cv2.connectedComponents(blob, connectivity=4)
        blob = (parts == 1).astype(np.uint8)
        if np.count_nonzero(blob) > 3:
            found[parts == 1] = label
    return found


class Studio:
    """A dataset in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._database = open_database(f"sqlite:///{folder / 'studio.db'}")
        self.images = ImageService(
            database=self._database, folder=folder / "images", max_bytes=10**7, max_pixels=10**7
        )
        self.annotations = AnnotationService(database=self._database)
        self.datasets = DatasetService(images=self.images, annotations=self.annotations)

    def close(self) -> None:
        self._database.close()


def round_trip(name: str, pictures: list[np.ndarray]) -> None:
    with TemporaryDirectory() as folder:
        studio = Studio(Path(folder))
        expected = {}
        try:
            for number, values in enumerate(pictures):
                height, width = values.shape
                data = encoded(colours(height, width, seed=number), "PNG")
                image = studio.images.add(data, filename=f"p{number}.png").image
                masks = [(NAMES[v % len(NAMES)], encode_rle(values == v)) for v in np.unique(values) if v]
                studio.annotations.add_many([NewAnnotation(image.id, c, rle) for c, rle in masks])
                expected[f"p{number}"] = masks
            studio.datasets.export(name, Path(folder) / "out")
        finally:
            studio.close()
        check(name, Path(folder) / "out", expected, [values.shape for values in pictures])


def check(name: str, out: Path, expected: dict, sizes: list[tuple[int, int]]) -> None:
    tree = FileTree.of(out)
    if name != "semantic":  # whether its values are objects or classes is asked
        assert recognise(tree).name == name
    reading = IMPORT_FORMATS.get(name).read(tree, ImportRequest("object"))
    assert [name for name in check_files(tree, reading) if not name.startswith("samstudio-")] == []
    assert [entry.why for entry in reading.skipped] == []
    images = {Path(image.name).stem: image for image in reading.images}
    for number, size in enumerate(sizes):
        masks = expected[f"p{number}"]
        if not masks:
            continue
        found = images[f"p{number}"].objects(size)
        assert [entry.why for entry in found.skipped] == []
        read = [(each.category, each.rle["counts"]) for each in found.objects]
        # A label map of VOC has no colon in a name.
        written = [(c.replace(":", "_") if name == "voc" else c, rle["counts"]) for c, rle in masks]
        assert sorted(read) == sorted(written)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=3, deadline=None, phases=[Phase.generate])
@given(seed=st.integers(0, 10**6), height=st.integers(8, 120), width=st.integers(8, 120))
def test_objects_of_one_part_come_back_to_the_pixel(name, seed, height, width):
    pictures = [labels(seed + n, (height, width + n)) for n in range(12)]
    if any(values.any() for values in pictures):
        round_trip(name, pictures)


def test_semantic_maps_come_back_as_a_region_of_each_category():
    values = np.zeros((40, 60), np.int32)
    values[2:20, 2:20], values[25:38, 30:50] = 1, 2
    round_trip("semantic", [values, values.T.copy()])
