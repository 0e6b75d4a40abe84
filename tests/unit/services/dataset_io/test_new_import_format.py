"""An import format that is registered is everywhere: nothing else has to be edited for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from samstudio.cli.app import app
from samstudio.domain import InvalidInput, Size
from samstudio.masks import encode_rle
from samstudio.services.dataset_io import DatasetService
from samstudio.services.dataset_io.imports.formats import IMPORT_FORMATS, ImportFormat, ImportRequest
from samstudio.services.dataset_io.imports.reading import FoundImage, FoundObject, FoundObjects, Reading
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from tests.unit.services.pictures import colours, encoded


def read_boxes(tree: FileTree, request: ImportRequest) -> Reading:
    """Read a line an object: the image's name and the corners of a box."""
    assert request.source is not None
    lines = [line.split(",") for line in request.source.read_text().splitlines()]
    boxes = {name: tuple(map(int, corners)) for name, *corners in lines}

    def objects(size: Size, name: str) -> FoundObjects:
        x0, y0, x1, y1 = boxes[name]
        mask = np.zeros(size, bool)
        mask[y0 : y1 + 1, x0 : x1 + 1] = True
        return FoundObjects([FoundObject("box 1", request.category, encode_rle(mask))])

    names = [*tree.images(), *(name for name in boxes if name not in tree)]
    return Reading(
        [FoundImage(n, tree.files.get(n), entries=1, objects=partial(objects, name=n)) for n in names]
    )


BOXES = ImportFormat(
    name="boxes", label="boxes", description="a file of boxes", recognise=lambda _: None, read=read_boxes
)


@pytest.fixture
def _registered() -> Iterator[None]:
    with IMPORT_FORMATS.added(BOXES):
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.png").write_bytes(encoded(colours(), "PNG"))
    (tmp_path / "boxes.csv").write_text("a.png,3,2,6,4\nb.png,0,0,1,1")
    return tmp_path


@pytest.mark.usefixtures("_registered")
def test_a_new_format_is_a_keyword_of_the_service(images, annotations, folder):
    datasets = DatasetService(images=images, annotations=annotations)
    report = datasets.import_folder(folder / "images", boxes=folder / "boxes.csv", category="cup")
    missing = [("b.png", "b.png is listed but not there"), ("b.png", "an object was left out with its image")]
    assert (report.images, report.annotations) == (1, 1)
    assert report.skipped == missing
    (found,) = annotations.list()
    assert (found.category.name, found.box) == ("cup", (3, 2, 6, 4))
    with pytest.raises(InvalidInput, match=r"one format, not both: boxes \(a file of boxes\) or COCO"):
        datasets.import_folder(folder / "images", boxes=folder / "boxes.csv", coco=folder / "coco.json")


@pytest.mark.usefixtures("_registered")
def test_a_new_format_is_an_option_of_the_command_line(folder):
    run, storage = CliRunner(), ["--storage", str(folder / "storage")]
    assert re.search("--boxes .* A file of boxes[.]", run.invoke(app, ["import", "--help"]).output)
    given = ["--images", str(folder / "images"), "--boxes", str(folder / "boxes.csv")]
    done = run.invoke(app, [*storage, "import", *given])
    assert "1 new images and 1 new masks imported" in done.output
    IMPORT_FORMATS.remove("boxes")
    assert run.invoke(app, [*storage, "import", *given]).exit_code == 2


def test_an_unknown_format_is_told_which_there_are(images, annotations, folder):
    datasets = DatasetService(images=images, annotations=annotations)
    with pytest.raises(InvalidInput, match="no format 'boxes': choose one of images, masks, coco"):
        datasets.import_folder(folder / "images", boxes=folder / "boxes.csv")
