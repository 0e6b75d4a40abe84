import json

import numpy as np
import pytest
from PIL import Image

from samstudio.domain import NewAnnotation
from samstudio.masks import encode_rle
from samstudio.services.datasets import DatasetService
from tests.unit.services.pictures import colours, encoded


def rle(x0, x1):
    mask = np.zeros((24, 36), bool)
    mask[4:20, x0:x1] = True
    return encode_rle(mask)


@pytest.fixture
def overlapping(images, annotations):
    """A small object and, added later, a large one over it."""
    image = images.add(encoded(colours(), "PNG"), filename="a.png").image
    new = [NewAnnotation(image.id, "small", rle(10, 14)), NewAnnotation(image.id, "large", rle(4, 30))]
    return annotations.add_many(new)


@pytest.fixture
def export(images, annotations, tmp_path):
    def run(name):
        DatasetService(images=images, annotations=annotations).export(name, tmp_path / name)
        return tmp_path / name

    return run


def labels(folder):
    return np.asarray(Image.open(folder / "masks" / "a.png"))


def test_a_small_object_stays_whole_where_nobody_ordered_them(overlapping, export):
    assert labels(export("masks"))[8, 12] == 1


def test_the_order_that_a_person_gave_holds(overlapping, annotations, export):
    small, large = overlapping
    annotations.update(small.id, revision=1, rank=small.id - 0.5)
    assert labels(export("masks"))[8, 12] == 2
    annotations.update(small.id, revision=2, rank=large.id + 1)
    shown = labels(export("masks"))
    assert (shown[8, 12], shown[8, 5]) == (2, 1)
    document = json.loads((export("coco") / "annotations.json").read_text())
    assert [one["id"] for one in document["annotations"]] == [large.id, small.id]
