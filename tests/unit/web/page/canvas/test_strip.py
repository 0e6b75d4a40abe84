from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.unit.web.conftest import Call
from tests.unit.web.fakes import FakeProject


@pytest.fixture
def ids(project: FakeProject, png: Callable[..., bytes]) -> list[str]:
    return [project.images.add(png(n), filename=f"{n}.png").image.id for n in range(7)]


def listed(reply: dict) -> list[str]:
    return [one["id"] for one in reply["images"]]


def test_the_first_images_are_listed_while_the_open_one_is_among_them(call: Call, ids: list[str]) -> None:
    for around in (None, ids[0], ids[2]):
        reply = call("list_images", limit=3, around=around)
        assert (listed(reply), reply["offset"], reply["total"]) == (ids[:3], 0, 7)
        assert reply["before"] is None
        assert reply["after"] is not None


def test_else_those_around_it_are(call: Call, ids: list[str]) -> None:
    reply = call("list_images", limit=2, around=ids[4])
    assert (listed(reply), reply["offset"], reply["total"]) == (ids[3:6], 3, 7)
    more = call("list_images", after=reply["after"])
    assert (listed(more), more["offset"], more["after"]) == (ids[6:], 6, None)
    earlier = call("list_images", before=reply["before"])
    assert (listed(earlier), earlier["offset"], earlier["before"]) == (ids[:3], 0, None)


def test_an_open_image_that_was_deleted_leads_back_to_the_first(call: Call, ids: list[str]) -> None:
    assert listed(call("list_images", limit=2, around="f" * 64)) == ids[:2]


def test_neighbours_are_found_whatever_is_listed(call: Call, ids: list[str]) -> None:
    padded = [None, *ids, None]
    for position, image_id in enumerate(ids):
        expected = {"previous": padded[position], "next": padded[position + 2]}
        assert call("neighbours", image_id=image_id) == expected
    turned = call("neighbours", image_id=ids[1], query={"descending": "true"})
    assert turned == {"previous": ids[2], "next": ids[0]}


def test_the_query_filters_the_list_and_the_neighbours(call: Call, ids: list[str]) -> None:
    query = {"text": "5.png"}
    assert listed(call("list_images", query=query)) == ids[5:6]
    assert call("neighbours", image_id=ids[0], query=query) == {"previous": None, "next": ids[5]}
    assert call("list_images", query={"colour": "red"})["error"].startswith("images cannot be looked for by")
    assert call("list_images", query=["text"])["error"] == "query is not an object of texts"


def test_the_images_after_the_open_one_are_prepared(
    call: Call, ids: list[str], project: FakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(
        "samstudio.web.encoding_queue.EncodingQueue.add", lambda _, some: asked.append([*some])
    )
    call("prepare_image", image_id=ids[4])
    call("prepare_image", image_id=ids[4], query={"descending": "true"})
    assert asked == [ids[5:7], [ids[3], ids[2]]]
