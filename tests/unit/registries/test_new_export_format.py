"""An export format that is registered is everywhere: nothing else has to be edited for it."""

from __future__ import annotations

import html
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from samstudio.cli.app import app
from samstudio.domain import NewAnnotation
from samstudio.masks import encode_rle
from samstudio.services.dataset_io.exports import EXPORT_FORMATS, ExportFormat
from samstudio.services.dataset_io.exports.source import ExportReport, ExportSource
from samstudio.web.api.app import build_api
from samstudio.web.encoding_queue import EncodingQueue
from samstudio.web.page.gallery.tab import gallery_html
from tests.unit.services.pictures import colours, encoded
from tests.unit.web.fakes import FakeProject, open_fake


def write_areas(source: ExportSource, out: Path) -> ExportReport:
    """Write one line an object: the image's name and the object's area."""
    report = ExportReport()
    lines = [f"{item.name},{one.area}" for item in source.items() for one in item.annotations]
    out.mkdir(parents=True, exist_ok=True)
    (out / "areas.csv").write_text("\n".join(lines))
    report.files, report.annotations = 1, len(lines)
    return report


AREAS = ExportFormat(
    name="areas", label="Areas", description="One line an object, with its area", write=write_areas
)


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    with EXPORT_FORMATS.added(AREAS):
        yield


@pytest.fixture
def project(tmp_path: Path) -> FakeProject:
    made = open_fake(tmp_path / "storage")
    image = made.images.add(encoded(colours(), "PNG"), filename="a.png").image
    mask = np.zeros(image.size, bool)
    mask[2:5, 3:7] = True
    made.annotations.add(NewAnnotation(image.id, "cup", encode_rle(mask)))
    return made


def test_the_service_writes_it(project: FakeProject, tmp_path: Path) -> None:
    assert project.datasets.export("areas", tmp_path / "out").annotations == 1
    assert (tmp_path / "out" / "areas.csv").read_text() == "a.png,12"
    assert project.datasets.formats[-1] == "areas"


def test_the_command_line_offers_and_writes_it(project: FakeProject, tmp_path: Path) -> None:
    run, out = CliRunner(), tmp_path / "out"
    assert "|areas>" in run.invoke(app, ["export", "--help"], env={"COLUMNS": "400"}).output
    storage = ["--storage", str(project.settings.storage)]
    done = run.invoke(app, [*storage, "export", "--format", "areas", "--out", str(out)])
    assert (done.exit_code, (out / "areas.csv").read_text()) == (0, "a.png,12")
    EXPORT_FORMATS.remove("areas")
    assert run.invoke(app, [*storage, "export", "--format", "areas", "--out", str(out)]).exit_code == 2


def test_the_api_documents_and_serves_it(project: FakeProject) -> None:
    api = build_api(project, EncodingQueue(project))
    parameters = api.openapi()["paths"]["/api/v1/dataset/export"]["get"]["parameters"]
    (parameter,) = (one for one in parameters if one["name"] == "format")
    assert parameter["schema"]["enum"] == [*EXPORT_FORMATS.names()]
    assert parameter["schema"]["enum"][-1] == "areas"
    assert "`areas`: One line an object, with its area" in parameter["schema"]["description"]
    with TestClient(api) as client:
        assert client.get("/api/v1/dataset").json()["formats"][-1] == "areas"
        reply = client.get("/api/v1/dataset/export", params={"format": "areas"})
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        assert archive.read("areas.csv") == b"a.png,12"


def test_the_page_offers_it() -> None:
    page = html.unescape(gallery_html())
    said = {"name": "areas", "label": "Areas", "description": "One line an object, with its area"}
    offered = {**said, "measures": False}
    assert json.dumps(offered) in page.split('data-export="')[1]
