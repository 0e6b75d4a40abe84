from __future__ import annotations

import csv
import json

import numpy as np
from PIL import Image

from samstudio.domain import AnnotationStatus


def test_semantic_maps_hold_categories(dataset, export):
    dataset.annotations.ensure_category("unused")
    dataset.add("a.png", "cup", "plate", "cup")
    assert export("semantic") == []
    picture = Image.open(dataset.out / "semantic" / "a.png")
    assert picture.mode == "L"
    assert np.asarray(picture)[8, [2, 8, 14, 20]].tolist() == [2, 3, 2, 0]
    lines = (dataset.out / "classes.txt").read_text().splitlines()
    assert lines == ["background", "unused", "cup", "plate"]


def test_semantic_maps_have_16_bits_where_they_need_them(dataset, export):
    for number in range(300):
        dataset.annotations.ensure_category(f"c{number}")
    dataset.add("a.png", "c299")
    export("semantic")
    picture = Image.open(dataset.out / "semantic" / "a.png")
    assert picture.mode == "I;16"
    assert np.asarray(picture).max() == 300


def test_instance_maps_say_the_category_of_each_value(dataset, export):
    dataset.add("a.png", "cup", "cup")
    export("masks")
    with (dataset.out / "labels.csv").open() as file:
        assert [row["category"] for row in csv.DictReader(file)] == ["cup", "cup"]
    dataset.add("b, 2.png", "plate")
    export("masks")
    with (dataset.out / "labels.csv").open() as file:
        assert list(csv.DictReader(file)) == [
            {"mask": "a.png", "value": "1", "category": "cup"},
            {"mask": "a.png", "value": "2", "category": "cup"},
            {"mask": "b, 2.png", "value": "1", "category": "plate"},
        ]


def test_a_row_an_image_for_hugging_face(dataset, export):
    dataset.add("a.png", "cup", "空", group="g")
    dataset.add("b.png", "cup", status=AnnotationStatus.PROPOSED)
    export("huggingface")
    (row,) = map(json.loads, (dataset.out / "train" / "metadata.jsonl").read_text().splitlines())
    assert row == {
        "file_name": "images/a.png",
        "mask_file_name": "masks/a.png",
        "name": "a",
        "group": "g",
        "objects": {
            "value": [1, 2],
            "category": ["cup", "空"],
            "bbox": [[1, 4, 4, 16], [7, 4, 4, 16]],
            "area": [64, 64],
        },
    }
    assert np.unique(np.asarray(Image.open(dataset.out / "train" / "masks" / "a.png"))).tolist() == [0, 1, 2]
