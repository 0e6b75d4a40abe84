from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from samstudio.web.page.chart import HEIGHT, WIDTH, line_chart

values = st.floats(-1e6, 1e6, allow_nan=False)


@given(st.lists(values, min_size=1, max_size=30), st.one_of(st.none(), values))
def test_every_point_lies_inside_the_picture(levels: list[float], level: float | None) -> None:
    reference = None if level is None else ("stock", level)
    chart = line_chart(list(enumerate(levels)), title="A <loss> & more", reference=reference)
    curve = ElementTree.fromstring(chart).find(".//polyline")
    assert curve is not None
    for place in curve.attrib["points"].split():
        x, y = (float(part) for part in place.split(","))
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT


def test_no_points_yet_is_said() -> None:
    assert "Nothing measured yet" in line_chart([], title="Loss")


def test_a_screen_reader_hears_the_trend() -> None:
    assert "Loss: from 2.000 to 1.000 over 2 points" in line_chart([(0, 2.0), (1, 1.0)], title="Loss")
