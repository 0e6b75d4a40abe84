"""An import format that is registered is everywhere: nothing else has to be edited for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from samstudio.cli.app import app
from samstudio.domain import InvalidInput, Size
from samstudio.masks import encode_rle
from samstudio.services.dataset_io import DatasetService
from samstudio.services.dataset_io.imports import IMPORT_FORMATS, ImportFormat
from samstudio.services.dataset_io.imports.format import ImportRequest
from samstudio.services.dataset_io.imports.images import ImageFolder
from samstudio.services.dataset_io.imports.sources import FoundObject, FoundObjects, Skipped
from tests.unit.services.pictures import colours, encoded


class BoxFile(ImageFolder):
    """A line an object: the image's name and the corners of a box."""

    def __init__(self, request: ImportRequest) -> None:
        lines = [line.split(",") for line in request.source.read_text().splitlines()]
        self._boxes = {name: tuple(map(int, corners)) for name, *corners in lines}
        self._category = request.category

    def objects(self, path: Path, size: Size) -> FoundObjects:
        x0, y0, x1, y1 = self._boxes[path.name]
        mask = np.zeros(size, bool)
        mask[y0 : y1 + 1, x0 : x1 + 1] = True
        return FoundObjects([FoundObject(self._category, encode_rle(mask))])

    def unmatched(self, paths: Sequence[Path]) -> list[Skipped]:
        return [(name, "is not there") for name in self._boxes.keys() - {path.name for path in paths}]


BOXES = ImportFormat(name="boxes", label="boxes", description="a file of boxes", open=BoxFile)


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
    assert (report.images, report.annotations, report.skipped) == (1, 1, [("b.png", "is not there")])
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
