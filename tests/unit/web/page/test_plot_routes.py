from __future__ import annotations

import io
from collections.abc import Sequence
from types import SimpleNamespace

import pytest
from matplotlib.figure import Figure
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from samstudio.domain import NotFound
from samstudio.plots import plot_curves
from samstudio.web.page.plot_routes import plot_routes


class FakePlots:
    """Says what was asked for as the title of an empty figure."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []

    def object(self, number: int) -> Figure:
        if number == 404:
            raise NotFound("there is no annotation 404")
        return self._drawn("object", number)

    def comparison(self, number: int, versions: Sequence[int]) -> Figure:
        return self._drawn("comparison", number, *versions)

    def curves(self, number: int) -> Figure:
        return self._drawn("curves", number)

    def _drawn(self, *asked: object) -> Figure:
        self.asked.append(asked)
        return plot_curves([(1, 1.0)], [])


@pytest.fixture
def plots() -> FakePlots:
    return FakePlots()


@pytest.fixture
def client(plots: FakePlots) -> TestClient:
    return TestClient(Starlette(routes=plot_routes(project=SimpleNamespace(plots=plots))))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("object/3.png", ("object", 3)),
        ("job/2.png", ("curves", 2)),
        ("compare/3.png?a=0&b=7", ("comparison", 3, 0, 7)),
    ],
)
def test_each_plot_is_a_picture_to_download(
    client: TestClient, plots: FakePlots, path: str, asked: tuple[object, ...]
) -> None:
    answer = client.get(f"/studio/plots/{path}")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.format == "PNG"
    assert plots.asked == [asked]


def test_svg_too(client: TestClient) -> None:
    answer = client.get("/studio/plots/object/3.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert b"<svg" in answer.content


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("object/404.png", 404, "no annotation 404"),
        ("object/3.exe", 422, "no plot as .exe"),
        ("planet/3.png", 422, "no plot of 'planet'"),
        ("compare/3.png?a=0", 422, "b is ''"),
        ("compare/3.png?a=x&b=1", 422, "a is 'x'"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(
    client: TestClient, path: str, status: int, words: str
) -> None:
    answer = client.get(f"/studio/plots/{path}")
    assert answer.status_code == status
    assert words in answer.text
