from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from samstudio.services.watch.types import TakenBack, WatchFigures, WatchState
from samstudio.web.encoding_queue import EncodingQueue
from samstudio.web.page.status import status_function
from samstudio.web.page.versions import tab
from samstudio.web.page.versions.watch import WORSE, watch_html
from tests.unit.web.fakes import NOW, FakeProject
from tests.unit.web.i18n.lookup import is_translated
from tests.unit.web.i18n.prose import of_html

SEEN = WatchFigures(
    version=3,
    former=0,
    since=NOW,
    objects=41,
    waiting=0,
    untouched=18,
    live_miou=0.8312,
    former_miou=0.7068,
    stock_miou=0.7068,
    evidence=0.1,
    limit=20.0,
    worse=False,
    action="rolls-back",
)


def shown(**changes: Any) -> str:
    return watch_html(WatchState(replace(SEEN, **changes)))


def test_nothing_is_said_where_nothing_is_watched() -> None:
    assert watch_html(WatchState()) == ""


def test_the_live_version_on_new_objects_is_told() -> None:
    page = shown()
    assert "Since v3 is live: 41 new objects, 0.83; stock 0.71." in page
    assert "Accepted as v3 proposed them, which flatters it: 18." in page
    assert "Nothing shows that v3 is worse than stock." in page
    assert "Since v3 is live: 1 new object, 0.83; v2 0.71; stock 0.71." in shown(former=2, objects=1)


def test_what_is_not_known_yet_is_not_told() -> None:
    page = shown(objects=0, untouched=0, waiting=4, live_miou=None, former_miou=None, stock_miou=None)
    assert "No new objects since v3 is live." in page
    assert "New objects are being scored." in page
    assert "worse" not in page


@pytest.mark.parametrize("action", WORSE)
def test_a_worse_version_is_told_with_what_happens(action: str) -> None:
    assert WORSE[action] in shown(worse=True, action=action)


def test_what_was_taken_back_is_told() -> None:
    reason = "The watch took version 3 back: on 12 new objects it scored 0.51, and stock before it 0.71."
    page = watch_html(WatchState(taken_back=TakenBack(3, 0, NOW, reason)))
    assert reason in page
    assert "only once" in page


def test_everything_has_words() -> None:
    reason = "The watch took version 3 back: on 12 new objects it scored 0.51, and version 2 before it 0.71."
    pages = [watch_html(WatchState(replace(SEEN, former=2), TakenBack(3, 2, NOW, reason)))]
    pages += [shown(), shown(objects=0, waiting=2), shown(objects=1, waiting=2, former=1)]
    pages += [shown(worse=True, action=action) for action in WORSE]
    texts = [text for page in pages for text in of_html(page)]
    assert len(texts) > 10
    assert [text for text in texts if not is_translated(text)] == []


def test_the_versions_tab_and_the_header_tell_it(project: FakeProject) -> None:
    number = project.make_version(promote=True)
    assert f"No new objects since v{number} is live." in tab.versions_html(project)
    status = status_function(project=project, encoding_queue=EncodingQueue(project))
    assert status({})["notices"] == []
    project.versions.take_back(
        project.versions.live(), to=0, reason="It was worse.", code="watch-rolled-back"
    )
    assert status({})["notices"] == [{"title": f"Version {number} was taken back", "text": "It was worse."}]
    assert "It was worse." in tab.versions_html(project)
    project.versions.promote(number)
    assert status({})["notices"] == []
