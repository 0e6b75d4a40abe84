"""Boxes that came in without a mask: they wait, are drawn once, and never come in twice."""

import json

import numpy as np
import pytest

from samstudio.domain import AnnotationStatus, Prediction
from samstudio.masks import decode_rle
from samstudio.services.dataset_io import DatasetService
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.proposals.boxes import PendingBox, PendingBoxes
from samstudio.services.proposals.drawing import BoxDrawing
from tests.unit.services.pictures import colours, encoded

LOGITS = np.zeros((1, 256, 256), np.float32)


class Decoder:
    """Answers each box with itself, filled, but for its last row; ``blind``: with nothing."""

    def __init__(self):
        self.blind = False
        self.boxes = []

    def predict_many(self, image_id, prompts):
        self.boxes += [prompt.box for prompt in prompts]
        for prompt in prompts:
            masks = np.zeros((1, 24, 36), bool)
            x0, y0, x1, y1 = map(int, prompt.box)
            masks[0, y0:y1, x0 : x1 + 1] = not self.blind
            yield Prediction(masks, np.array([1.2], np.float32), LOGITS, 3)


@pytest.fixture
def boxes(database):
    return PendingBoxes(database=database)


@pytest.fixture
def decoder():
    return Decoder()


@pytest.fixture
def drawing(boxes, images, annotations, decoder):
    return BoxDrawing(boxes=boxes, images=images, annotations=annotations, predictions=lambda: decoder)


@pytest.fixture
def datasets(images, annotations, boxes):
    return DatasetService(images=images, annotations=annotations, boxes=boxes)


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "a.png").write_bytes(encoded(colours(), "PNG"))
    listed = [{"id": n, "image_id": 1, "category_id": 1, "bbox": [2 + n, 3, 10, 8]} for n in range(2)]
    document = {
        "images": [{"id": 1, "file_name": "a.png"}],
        "annotations": [*listed, {"id": 9, "image_id": 1, "category_id": 1, "bbox": [1, 1, 0, 0]}],
        "categories": [{"id": 1, "name": "cup"}],
    }
    (folder / "a.json").write_text(json.dumps(document))
    return folder


def imported(datasets, source):
    plan = datasets.imports.plan(FileTree.of(source)).report
    report = datasets.imports.apply(FileTree.of(source))
    assert plan == report
    return report


def test_boxes_come_in_as_proposals_that_the_live_version_draws(
    datasets, source, boxes, drawing, annotations, decoder
):
    report = imported(datasets, source)
    assert (report.annotations, report.waiting, report.outcomes["object"]) == (
        0,
        2,
        {"taken": 2, "known": 0, "skipped": 1},
    )
    (image_id,) = drawing.waiting()
    assert (boxes.count(), annotations.list()) == (2, [])

    assert drawing.draw(image_id) == 2
    first, second = annotations.list()
    assert decoder.boxes == [(2, 3, 11, 10), (3, 3, 12, 10)]
    assert (first.status, first.category.name) == (AnnotationStatus.PROPOSED, "cup")
    assert (first.proposed_by, first.predicted_iou, first.prompts[0]["box"]) == (3, 1.0, [2, 3, 11, 10])
    assert decode_rle(second.rle)[3:10, 3:13].all()
    assert (boxes.count(), drawing.waiting(), drawing.draw(image_id)) == (0, [], 0)


def test_a_box_never_comes_in_twice(datasets, source, boxes, drawing, annotations):
    imported(datasets, source)
    again = imported(datasets, source)
    assert (again.waiting, again.known_annotations, boxes.count()) == (0, 2, 2)
    drawing.draw(drawing.waiting()[0])
    annotations.delete(1)
    again = imported(datasets, source)
    assert (again.waiting, again.known_annotations, boxes.count()) == (0, 2, 0)
    assert annotations.get(1).status is AnnotationStatus.REJECTED


def test_drawing_that_was_interrupted_adds_nothing_twice(datasets, source, boxes, drawing, annotations):
    imported(datasets, source)
    (image_id,) = drawing.waiting()
    waiting = boxes.of_image(image_id)
    drawing.draw(image_id)
    boxes.add_many(waiting)
    drawing.draw(image_id)
    assert len(annotations.list()) == 2


def test_a_box_in_which_the_decoder_sees_nothing_is_proposed_itself(
    datasets, source, drawing, annotations, decoder
):
    decoder.blind = True
    imported(datasets, source)
    drawing.draw(drawing.waiting()[0])
    assert [each.box for each in annotations.list()] == [(2, 3, 11, 10), (3, 3, 12, 10)]


@pytest.mark.parametrize("box", [(0, 0, 0, 0), (35, 23, 35, 23), (0, 0, 35, 23), (35.5, 23.5, 35.9, 23.9)])
def test_boxes_at_the_edges_are_drawn(images, boxes, drawing, annotations, decoder, box):
    decoder.blind = True
    image_id = images.add(encoded(colours(), "PNG"), filename="a.png").image.id
    boxes.add_many([PendingBox(image_id, "cup", box, "import-1")])
    assert drawing.draw(image_id) == 1
    assert annotations.list()[0].area > 0


def test_boxes_go_with_their_image(datasets, source, boxes, images, drawing):
    imported(datasets, source)
    images.delete(drawing.waiting()[0])
    assert boxes.count() == 0


def test_without_a_place_to_wait_boxes_are_left_out(images, annotations, source):
    report = imported(DatasetService(images=images, annotations=annotations), source)
    assert (report.waiting, report.outcomes["object"]["skipped"]) == (0, 3)
