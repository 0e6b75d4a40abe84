"""Other tools read our exports, and find the same masks in them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from samstudio.db.engine import open_database
from samstudio.domain import NewAnnotation
from samstudio.masks import encode_rle
from samstudio.services.annotations import AnnotationService
from samstudio.services.dataset_io import DatasetService
from samstudio.services.dataset_io.exports.choice import ExportChoice
from samstudio.services.images import ImageService
from tests import foreign
from tests.unit.services.pictures import colours, encoded

SIZES = ((64, 96), (50, 70), (131, 77))
CATEGORIES = ("unused", "leaf", 'a: "stem"', "空")


def blob(rng, size):
    """A solid or holed region of random outline, in one part."""
    field = cv2.GaussianBlur(rng.normal(size=size), (0, 0), 3)
    _, parts = cv2.connectedComponents((field > field.mean()).astype(np.uint8))
    return parts == rng.integers(1, parts.max() + 1)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """Images with masks that do not overlap, and one without any; what each format should say of them."""
    folder = tmp_path_factory.mktemp("foreign")
    database = open_database(f"sqlite:///{folder / 'studio.db'}")
    images = ImageService(database=database, folder=folder / "images", max_bytes=10**7, max_pixels=10**7)
    annotations = AnnotationService(database=database)
    for number, name in enumerate(CATEGORIES):
        annotations.ensure_category(name, number=3 * number + 2)
    rng = np.random.default_rng(0)
    expected: dict[str, list] = {"empty": []}
    images.add(encoded(colours(30, 40, seed=99), "PNG"), filename="empty.png")
    for number, size in enumerate(SIZES * 4):
        image = images.add(encoded(colours(*size, seed=number), "PNG"), filename=f"im {number}.png").image
        free = np.ones(size, bool)
        expected[f"im {number}"] = []
        for place in range(4):
            mask = blob(rng, size) & free
            parts, _ = cv2.connectedComponents(mask.astype(np.uint8))
            if parts != 2:
                continue
            free &= ~mask
            category = CATEGORIES[1 + place % 3]
            annotations.add(NewAnnotation(image.id, category, encode_rle(mask)))
            expected[f"im {number}"].append((category, encode_rle(mask)))
    assert sum(map(len, expected.values())) > 15
    yield DatasetService(images=images, annotations=annotations), expected
    database.close()


def tidy(found):
    return {stem: sorted(((name, rle["counts"]) for name, rle in objects)) for stem, objects in found.items()}


@pytest.mark.parametrize(
    ("format", "tool"),
    [
        ("coco", "supervision_coco"),
        ("coco", "datumaro_coco"),
        ("yolo", "supervision_yolo"),
        ("yolo", "ultralytics"),
        ("voc", "datumaro_voc"),
        ("huggingface", "datasets"),
    ],
)
def test_the_same_masks_are_found(dataset, tmp_path, format, tool):
    service, expected = dataset
    service.export(format, tmp_path / "out", ExportChoice(with_empty=True))
    found = foreign.read(tool, tmp_path / "out")
    if format == "voc":  # its label map cannot hold a colon
        expected = {stem: [(n.replace(":", "_"), rle) for n, rle in e] for stem, e in expected.items()}
    assert tidy(found) == tidy(expected)
