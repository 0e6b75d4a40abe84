"""Whatever stands in a COCO file: the import says one true thing of each entry and raises nothing else."""

from __future__ import annotations

import copy
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from samstudio.db.engine import open_database
from samstudio.domain import InvalidInput
from samstudio.masks import encode_rle
from samstudio.services.annotations import AnnotationService
from samstudio.services.dataset_io.imports.options import ImportOptions
from samstudio.services.dataset_io.imports.service import Importer
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.images import ImageService
from tests.unit.services.dataset_io.imports.accounts import planned

SIZE = (12, 16)
MASK = np.zeros(SIZE, bool)
MASK[3:6, 4:9] = True

DOCUMENT: dict[str, Any] = {
    "info": {"year": 2020},
    "images": [
        {"id": 1, "file_name": "a.png", "width": 16, "height": 12},
        {"id": 2, "file_name": "sub/b.png", "width": 16, "height": 12},
    ],
    "annotations": [
        {
            "id": 1, "image_id": 1, "category_id": 1, "segmentation": [[2, 2, 9, 2, 9, 8, 2, 8]],
            "area": 42, "bbox": [2, 2, 7, 6], "iscrowd": 0,
        },
        {"id": 2, "image_id": 1, "category_id": 2, "segmentation": encode_rle(MASK), "iscrowd": 1},
        {
            "id": 3, "image_id": 2, "category_id": 1, "bbox": [1, 1, 4, 4],
            "segmentation": {"size": [12, 16], "counts": [30, 5, 157]},
        },
        {"id": 4, "image_id": 2, "category_id": 2, "segmentation": [], "bbox": [1, 1, 4, 4]},
    ],
    "categories": [{"id": 1, "name": "cell"}, {"id": 2, "name": "crack", "supercategory": "x"}],
}  # fmt: skip

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.sampled_from(
        [
            2**63, -(2**70), 1e308, 0.5, float("nan"), float("inf"), "", "1", " ", "\0", "\ud800",
            "空" * 400, "x" * 70_000, "../../etc/passwd", "a\\b.png", "A.PNG", "sub%2Fb.png", "nan", "1e9",
        ]
    ),
    st.text(max_size=5),
    st.lists(st.integers(-9, 99), max_size=7),
    st.lists(st.lists(st.floats(-50, 50), max_size=9), max_size=3),
    st.dictionaries(st.sampled_from(["size", "counts", "id"]), st.integers(0, 99) | st.text(max_size=3)),
)  # fmt: skip


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value of a document."""
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        yield (*at, key)
        yield from places(child, (*at, key))


PLACES = list(places(DOCUMENT))
DELETE = object()


def changed(changes: list[tuple[tuple[Any, ...], Any]]) -> Any:
    document = copy.deepcopy(DOCUMENT)
    for place, value in changes:
        try:
            parent: Any = document
            for key in place[:-1]:
                parent = parent[key]
            if value is DELETE:
                del parent[place[-1]]
            else:
                parent[place[-1]] = value
        except (KeyError, IndexError, TypeError):  # an earlier change removed it
            continue
    return document


@pytest.fixture(scope="module")
def made() -> Iterator[tuple[Importer, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "source" / "sub").mkdir(parents=True)
        for seed, name in enumerate(("a.png", "sub/b.png", "c.png")):
            pixels = np.random.default_rng(seed).integers(0, 255, (*SIZE, 3), np.uint8)
            Image.fromarray(pixels).save(root / "source" / name)
        database = open_database(f"sqlite:///{root / 'studio.db'}")
        images = ImageService(database=database, folder=root / "images", max_bytes=10**7, max_pixels=10**7)
        yield Importer(images=images, annotations=AnnotationService(database=database)), root / "source"
        database.close()


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(st.tuples(st.sampled_from(PLACES), ODD | st.just(DELETE)), min_size=1, max_size=4),
    doubtful=st.booleans(),
)
def test_an_import_of_any_document_accounts_for_everything(made, changes, doubtful):
    importer, source = made
    document = changed(changes)
    (source / "a.json").write_text(json.dumps(document), encoding="ascii")
    options = ImportOptions("coco", source=source / "a.json", doubtful=doubtful)
    if any(not isinstance(document.get(key), list) for key in ("images", "annotations")):
        with pytest.raises(InvalidInput, match=r"a\.json"):
            importer.plan(FileTree.of(source), options)
        return
    plan = importer.plan(FileTree.of(source), options)
    report = importer.apply(FileTree.of(source), options)
    assert planned(report) == plan.report
    assert not any(group.code in ("unaccounted", "fault") for group in report.groups)
    assert sum(report.outcomes["object"].values()) == len(document["annotations"])
    assert json.dumps([group.text for group in report.groups]).isascii()
    for group in report.groups:
        group.text.encode("utf-8")
    again = importer.apply(FileTree.of(source), options)
    assert (again.images, again.annotations) == (0, 0)
