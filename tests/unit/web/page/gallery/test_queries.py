"""The page's filters and orders are those of `ImageQuery`."""

from __future__ import annotations

import re

from samstudio.services.image_queries import SORT_KEYS
from samstudio.services.image_queries.query import KINDS, RANGES
from samstudio.web.page.components import STATIC

SOURCE = (STATIC.parent / "canvas/js/model/queries.js").read_text(encoding="utf-8")


def _filters() -> dict[str, str]:
    return dict(re.findall(r'\{ id: "(\w+)", label: "[^"]+", kind: "(\w+)"', SOURCE))


def test_the_page_has_a_field_for_each_filter() -> None:
    asked = {name.removesuffix("_from").removesuffix("_to") for name in KINDS} - {"sort", "descending"}
    assert set(_filters()) == asked
    assert {name for name, kind in _filters().items() if kind == "range"} == set(RANGES)
    flags = {name for name, kind in KINDS.items() if kind.name == "flag"} - {"descending"}
    assert {name for name, kind in _filters().items() if kind == "flag"} == flags


def test_the_page_offers_the_values_of_each_choice() -> None:
    for name, kind in KINDS.items():
        if not kind.choices or name == "sort":
            continue
        (values,) = re.findall(rf'id: "{name}", .*?values: {{(.*?)}}', SOURCE)
        assert set(re.findall(r"(\w+):", values)) == set(kind.choices)


def test_the_page_has_each_order_and_knows_which_way_it_is_at_first() -> None:
    (orders,) = re.findall(r"ORDERS = \{(.*?)\}", SOURCE, flags=re.DOTALL)
    assert tuple(re.findall(r"(\w+):", orders)) == SORT_KEYS.names()
    (falling,) = re.findall(r"FALLING = \[(.*?)\]", SOURCE)
    assert re.findall(r'"(\w+)"', falling) == [
        name for name in SORT_KEYS.names() if SORT_KEYS.get(name).descending
    ]
